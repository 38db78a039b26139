import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { programs } from '../../support/programs.ts';
import { childrenOf, isAlive, waitFor } from '../../support/processes.ts';
import { wrapperUnderTest } from '../../support/wrapper.ts';

const NODE = process.execPath;
const FORWARDED = [
  ...(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const),
  ...(['SIGALRM', 'SIGWINCH', 'SIGCONT'] as const),
];

/** The TCP ports on which a process listens, found as `ss -p` finds them. */
function listeningPorts(pid: number): number[] {
  const inodes = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
      } catch {
        return [];
      }
    }),
  );
  return ['tcp', 'tcp6'].flatMap((table) =>
    readFileSync(`/proc/net/${table}`, 'latin1')
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[3] === '0A' && inodes.has(fields[9] ?? ''))
      .map((fields) => Number.parseInt(fields[1]?.split(':')[1] ?? '0', 16)),
  );
}

/** A wrapper that execs its command never has a child. */
function hasBecomeTheCommand(pid: number): boolean {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith(`${NODE}\0${programs.recorder}`);
}

describe.skipIf(process.platform !== 'linux').concurrent('a signal to the wrapper alone', () => {
  const wrapper = wrapperUnderTest();

  /** A child that records signals and ends on `end` with code 7. */
  async function recording(end: NodeJS.Signals | 'never') {
    const journal = wrapper.journal();
    const run = wrapper.start([NODE, programs.recorder, journal.file, end, '7']);
    const { pid } = await journal.until('ready');
    return { run, journal, child: pid };
  }

  test.each(FORWARDED)('%s reaches the child exactly once, and the wrapper lives on', async (signal) => {
    for (let repetition = 1; repetition <= 3; repetition++) {
      // The fence: a second signal that follows the first one; once it is through, so is any copy of the first.
      const fence = signal === 'SIGUSR2' ? 'SIGUSR1' : 'SIGUSR2';
      const { run, journal, child } = await recording('never');
      run.signal(signal);
      await journal.until(signal);
      run.signal(fence);
      await journal.until(fence);
      expect(journal.count(signal), `copies of ${signal} in repetition ${repetition}`).toBe(1);
      expect(isAlive(run.pid), 'the wrapper lives as long as the child').toBe(true);
      process.kill(child, 'SIGKILL');
      await run.exited();
    }
  });

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const)(
    '%s is no reason to leave before the child does, nor to forget its exit code',
    async (signal) => {
      const { run, journal } = await recording(signal);
      run.signal(signal);
      const exit = await run.exited();
      expect(journal.count(signal), exit.story).toBe(1);
      expect(exit.status, exit.story).toBe(7);
      await run.gone();
    },
  );

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const)(
    '%s that kills the child is how the wrapper dies',
    async (signal) => {
      const journal = wrapper.journal();
      const start = `echo '{"event":"ready"}' >> ${journal.file}; exec sleep 100`;
      const run = wrapper.start(['sh', '-c', start]);
      await journal.until('ready');
      run.signal(signal);
      const exit = await run.exited();
      expect(exit.signal ?? `exit code ${exit.code}`, exit.story).toBe(signal);
      await run.gone();
    },
  );

  test('SIGUSR1 opens no inspector in the wrapper', async () => {
    const { run, journal } = await recording('SIGTERM');
    run.signal('SIGUSR1');
    await journal.until('SIGUSR1');
    expect(listeningPorts(run.pid)).toEqual([]);
    run.signal('SIGTERM');
    const exit = await run.finished();
    expect(exit.stderr.toString()).not.toMatch(/debugger listening/i);
    expect(exit.status, exit.story).toBe(7);
  });

  test('SIGTERM to a child that ignores it: the wrapper stays, and the second one gets through too', async () => {
    const { run, journal, child } = await recording('SIGUSR2');
    run.signal('SIGTERM');
    await journal.until('SIGTERM');
    run.signal('SIGUSR1');
    await journal.until('SIGUSR1');
    expect([isAlive(run.pid), isAlive(child)]).toEqual([true, true]);
    run.signal('SIGTERM');
    await journal.until('SIGTERM', 2);
    run.signal('SIGUSR2');
    const exit = await run.exited();
    expect(journal.count('SIGTERM')).toBe(2);
    expect(exit.status, exit.story).toBe(7);
    await run.gone();
  });

  test('in a burst of different ones: each arrives, once', async () => {
    const { run, journal } = await recording('SIGTERM');
    const burst = FORWARDED.filter((signal) => signal !== 'SIGTERM');
    for (const signal of burst) run.signal(signal);
    await Promise.all(burst.map((signal) => journal.until(signal)));
    run.signal('SIGTERM');
    const exit = await run.exited();
    const counts = Object.fromEntries(burst.map((signal) => [signal, journal.count(signal)]));
    expect(counts).toEqual(Object.fromEntries(burst.map((signal) => [signal, 1])));
    expect(exit.status, exit.story).toBe(7);
  });

  test('twenty times, each after the last one arrived: twenty arrive', async () => {
    const { run, journal } = await recording('SIGTERM');
    for (let turn = 1; turn <= 20; turn++) {
      run.signal('SIGUSR2');
      await journal.until('SIGUSR2', turn);
    }
    run.signal('SIGTERM');
    const exit = await run.exited();
    expect(journal.count('SIGUSR2')).toBe(20);
    expect(exit.status, exit.story).toBe(7);
  });

  test('SIGTERM at any moment of the start leaves no orphan', async () => {
    const moments = [0, 5, 10, 20, 30, 40, 50, 60, 75, 90, 105, 120, 150, 200, 300];
    const atMoment = async (delay: number) => {
      const run = wrapper.start([NODE, programs.recorder, wrapper.journal().file]);
      await new Promise((resolve) => setTimeout(resolve, delay));
      run.signal('SIGTERM');
      const exit = await run.exited();
      // 143: before the child could catch it; 7: after.
      expect([143, 7], `SIGTERM after ${delay} ms; ${exit.story}`).toContain(exit.status);
      await run.gone();
    };
    for (const delay of moments) await atMoment(delay);
  });

  test('SIGTERM as soon as the child exists leaves no orphan', async () => {
    for (let repetition = 0; repetition < 5; repetition++) {
      const run = wrapper.start([NODE, programs.recorder, wrapper.journal().file]);
      await waitFor(
        () => childrenOf(run.pid).length > 0 || hasBecomeTheCommand(run.pid),
        15_000,
        'the child process',
      );
      run.signal('SIGTERM');
      const exit = await run.exited();
      expect([143, 7], exit.story).toContain(exit.status);
      await run.gone();
    }
  });
});
