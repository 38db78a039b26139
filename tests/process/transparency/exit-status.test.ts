import {
  chmodSync,
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { constants } from 'node:os';
import { describe, expect, onTestFinished, test } from 'vitest';
import { bareStart } from '../../support/pace.ts';
import { programs } from '../../support/programs.ts';
import { usually } from '../../support/runs.ts';
import { wrapperUnderTest } from '../../support/wrapper.ts';

const NODE = process.execPath;

/** Signals that end a process. Where the kernel would dump core, 128+n stands for the death itself. */
const DEADLY = ['HUP', 'INT', 'KILL', 'USR1', 'USR2', 'PIPE', 'ALRM', 'TERM', 'VTALRM', 'PROF'] as const;
const DUMPING = ['QUIT', 'ILL', 'TRAP', 'ABRT', 'BUS', 'FPE', 'SEGV', 'XCPU', 'XFSZ', 'SYS'] as const;

const statusOfSignal = (name: (typeof DEADLY | typeof DUMPING)[number]) =>
  128 + constants.signals[`SIG${name}`];

describe.skipIf(process.platform !== 'linux').concurrent('the exit status of `styxy run`', () => {
  const wrapper = wrapperUnderTest();
  const ended = (...command: string[]) => wrapper.start(command).finished();

  function program(name: string, text: string | Buffer): string {
    writeFileSync(wrapper.path(name), text, { mode: 0o755 });
    return wrapper.path(name);
  }
  function link(name: string, target: string): string {
    rmSync(wrapper.path(name), { force: true });
    symlinkSync(target, wrapper.path(name));
    return wrapper.path(name);
  }
  /** As long as this test runs. */
  function beingWritten(name: string): string {
    copyFileSync('/bin/true', wrapper.path(name));
    chmodSync(wrapper.path(name), 0o755);
    const fd = openSync(wrapper.path(name), 'r+');
    onTestFinished(() => closeSync(fd));
    return wrapper.path(name);
  }

  test("is the child's exit code, for every one of the 256, also those that Styxy uses for its own failures", async () => {
    const all = Array.from({ length: 256 }, (_, code) => code);
    // Ours, those of shells, the ends of each range; of the others every 16th.
    const isSpecial = (code: number) =>
      code < 4 || (code >= 64 && code <= 78) || (code >= 124 && code <= 131);
    const codes = usually(all, (code) => isSpecial(code) || code % 16 === 15);
    const wrong: string[] = [];
    const queue = codes.values();
    const takeTurns = async () => {
      for (const code of queue) {
        const exit = await ended('sh', '-c', `exit ${code}`);
        if (exit.code !== code) wrong.push(`exit ${code} became ${exit.signal ?? exit.code}`);
      }
    };
    await Promise.all([takeTurns(), takeTurns(), takeTurns(), takeTurns()]);
    expect(wrong).toEqual([]);
  });

  test.each(DEADLY)('when SIG%s kills the child: the wrapper dies of it too', async (name) => {
    const exit = await ended('sh', '-c', `kill -s ${name} $$`);
    expect(exit.signal ?? `exit code ${exit.code}`, exit.story).toBe(`SIG${name}`);
  });

  test.each(DUMPING)('when SIG%s kills the child: a shell sees 128+n', async (name) => {
    const exit = await ended('sh', '-c', `kill -s ${name} $$`);
    expect(exit.status, exit.story).toBe(statusOfSignal(name));
  });

  test('is for a shell what it would be without the wrapper', async () => {
    const ways = ['exit 3', 'kill -s TERM $$', 'kill -s ABRT $$'];
    const script = ways.map((way) => `"$@" sh -c '${way}'; echo $?`).join('; ');
    const via = ['sh', '-c', script, 'sh'];
    const [wrapped, direct] = await Promise.all([
      wrapper.direct(wrapper.argv(), { via }).finished(),
      wrapper.direct(['env'], { via }).finished(),
    ]);
    expect(direct.stdout.toString(), direct.story).toBe('3\n143\n134\n');
    expect(wrapped.stdout.toString(), wrapped.story).toBe(direct.stdout.toString());
  });

  test.each([
    ['a name that is nowhere in the PATH', 'no-such-command-anywhere'],
    ['a path to nothing', './no/such/file'],
  ])('is 127 for %s, and stderr names it', async (_, command) => {
    const exit = await ended(command, 'argument');
    expect(exit.status, exit.story).toBe(127);
    expect(exit.stderr.toString()).toContain(command);
    expect(exit.stdout.toString()).toBe('');
  });

  test('is 126 for a file that is not executable, and stderr names it', async () => {
    const file = wrapper.path('not-executable');
    writeFileSync(file, '#!/bin/sh\nexit 0\n', { mode: 0o644 });
    const exit = await ended(file);
    expect(exit.status, exit.story).toBe(126);
    expect(exit.stderr.toString()).toContain('not-executable');
    expect(exit.stdout.toString()).toBe('');
  });

  test('is 126 for a folder', async () => {
    mkdirSync(wrapper.path('folder'));
    const exit = await ended(wrapper.path('folder'));
    expect(exit.status, exit.story).toBe(126);
  });

  test.each([
    ['126', 'a name that is too long', () => `./${'x'.repeat(5000)}`, 'ENAMETOOLONG'],
    ['126', 'links in a circle', () => link('loop', 'loop'), 'ELOOP'],
    ['126', 'a program that is written to', () => beingWritten('busy'), 'ETXTBSY'],
    ['127', 'a path through a file', () => `${program('file', 'exit 0')}/x`, ''],
    ['127', 'an interpreter that is not there', () => program('no-sh', '#!/no/such/sh\n'), ''],
  ])('is %s for %s, with the reason', async (status, _, make, reason) => {
    const exit = await ended(make());
    expect(String(exit.status), exit.story).toBe(status);
    expect(exit.stderr.toString()).toMatch(/^styxy: error\[COMMAND_NOT_(EXECUTABLE|FOUND)\]/m);
    expect(exit.stderr.toString()).toContain(reason);
  });

  test('is 126 for arguments and variables that the system finds too long', async () => {
    const script = `exec "$@" "$(head -c 131071 /dev/zero | tr '\\0' x)x"`;
    const exit = await wrapper
      .direct(['sh', '-c', `ulimit -s 1024; ${script}`, 'sh', ...wrapper.argv('true')])
      .finished();
    expect([126, 127], exit.story).toContain(exit.status);
  });

  test("is the script's for an executable script without a #! line, which sh runs as from a prompt", async () => {
    const file = wrapper.path('no-interpreter');
    writeFileSync(file, 'exit 5\n', { mode: 0o755 });
    const exit = await ended(file);
    expect(exit.status, exit.story).toBe(5);
  });

  test('comes without delay when the child ends', async () => {
    const delays: number[] = [];
    for (let turn = 0; turn < 5; turn++) {
      const run = wrapper.start([NODE, programs.lastWords]);
      const over = new Promise<number>((resolve) => run.process.once('exit', () => resolve(Date.now())));
      const at = await over;
      const exit = await run.finished();
      delays.push(at - Number(exit.stdout));
    }
    // The quickest of five: the machine may be busy, the wrapper may not be.
    const start = await bareStart();
    expect(Math.min(...delays) / start, `delays in ms: ${delays.join(', ')}`).toBeLessThan(10);
  });

  test('is the same with STYXY=0, the bypass', async () => {
    const bypass = (script: string) =>
      wrapper.start(['sh', '-c', script], { env: { STYXY: '0' } }).finished();
    const [code, death] = await Promise.all([bypass('exit 42'), bypass('kill -s TERM $$')]);
    expect(code.code, code.story).toBe(42);
    expect(death.signal, death.story).toBe('SIGTERM');
  });
});
