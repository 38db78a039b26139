import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { describe, expect, test } from 'vitest';
import {
  bootId,
  describeProcess,
  exists,
  identify,
  isAlive,
  processDescriber,
} from '../../../src/system/process/identity.ts';
import { macosTable } from '../../../src/system/process/macos.ts';
import { ended, eventually, start, startNode } from './programs.ts';

const isLinux = process.platform === 'linux';
const isRoot = process.getuid?.() === 0;
const WAIT = 'console.log("up"); setInterval(() => {}, 1e6)';

test('a process is itself, as long as it lives', async () => {
  const program = startNode(WAIT);
  await program.line();
  const identity = identify(program.pid);
  expect(identity).toEqual(identify(program.pid));
  expect(identity && isAlive(identity)).toBe(true);
  program.child.kill();
  await ended(program);
  expect(identity && isAlive(identity)).toBe(false);
  expect(identify(program.pid)).toBeUndefined();
  expect(describeProcess(program.pid)).toBeUndefined();
});

test('another process with the same pid is another one', () => {
  expect(isAlive({ pid: process.pid, startTime: '1' })).toBe(false);
});

test('what is no pid is nobody', () => {
  for (const pid of [0, -1, -process.pid, 1.5, Number.NaN, 2 ** 40]) {
    expect([identify(pid), exists(pid), describeProcess(pid)]).toEqual([undefined, false, undefined]);
  }
});

test.runIf(isLinux)('a zombie has a pid, but is not alive', async () => {
  // A shell that becomes another program, which does not know that it has a child to collect.
  const parent = start('sh', ['-c', 'sh -c "kill -STOP \\$\\$; exit 3" & echo $!; exec tail -f /dev/null']);
  const pid = Number(await parent.line());
  const identity = await eventually(() => identify(pid));
  await eventually(() => readFileSync(`/proc/${parent.pid}/comm`, 'utf8') === 'tail\n');
  await eventually(() => /\) T /.test(readFileSync(`/proc/${pid}/stat`, 'utf8')));
  process.kill(pid, 'SIGCONT');
  await eventually(() => identify(pid) === undefined);
  expect(exists(pid)).toBe(true);
  expect(isAlive(identity)).toBe(false);
});

test.runIf(isLinux && isRoot)("another user's process is alive, though it may not be signalled", async () => {
  const program = start('setpriv', ['--reuid=65534', '--clear-groups', process.execPath, '-e', WAIT], {
    cwd: '/',
  });
  await program.line();
  expect(describeProcess(program.pid)).toMatchObject({ user: 'nobody', cwd: '/' });
  const identity = identify(program.pid);
  expect(identity && isAlive(identity)).toBe(true);
});

test('a process is described by its command, folder and user', async () => {
  const program = startNode(WAIT, { cwd: '/' });
  await program.line();
  expect(describeProcess(program.pid)).toEqual({
    pid: program.pid,
    command: `${process.execPath} -e ${WAIT}`,
    cwd: '/',
    user: userInfo().username,
    startedAt: expect.any(String),
  });
});

test('the start of a process is told right to the second', async () => {
  const before = Date.now();
  const program = startNode(WAIT);
  await program.line();
  for (const describe of [processDescriber(), macosTable.describer()]) {
    const startedAt = Date.parse(describe(program.pid)?.startedAt ?? '');
    expect(startedAt).toBeGreaterThanOrEqual(before - 2000);
    expect(startedAt).toBeLessThanOrEqual(Date.now());
  }
});

test('the boot id stays the same', () => {
  expect(bootId()).toMatch(/\S/);
  expect(bootId()).toBe(bootId());
});

describe.runIf(process.platform !== 'win32')('ps, as other systems than Linux use it', () => {
  test('tells of one process what it tells of all', () => {
    const row = macosTable.read(process.pid);
    expect(row).toMatchObject({ pid: process.pid, parent: process.ppid });
    expect(macosTable.readAll()).toContainEqual(row);
    expect(macosTable.read(2 ** 30)).toBeUndefined();
  });

  test('describes a process', () => {
    expect(macosTable.describer()(process.pid)).toMatchObject({
      command: expect.stringContaining('node'),
      user: userInfo().username,
    });
  });
});
