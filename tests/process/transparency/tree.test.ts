import { describe, expect, test } from 'vitest';
import { programs } from '../../support/programs.ts';
import { isAlive } from '../../support/processes.ts';
import { shellQuote, wrapperUnderTest } from '../../support/wrapper.ts';

const NODE = process.execPath;

describe.skipIf(process.platform !== 'linux').concurrent('the process tree under `styxy run`', () => {
  const wrapper = wrapperUnderTest({ settings: { end_grace_ms: 1000 } });

  /** A server under a shell that waits for it and forwards nothing, as `npm run` starts one. */
  async function likeNpm(endSignal: string) {
    const journal = wrapper.journal();
    const server = shellQuote([NODE, programs.recorder, journal.file, endSignal]);
    const run = wrapper.start(['sh', '-c', `${server} & wait`]);
    const { pid } = await journal.until('ready');
    return { run, journal, server: pid };
  }

  test('ends at SIGTERM to the wrapper, also below a shell that forwards nothing', async () => {
    const { run, journal } = await likeNpm('SIGTERM');
    run.signal('SIGTERM');
    const exit = await run.exited();
    // The shell had no handler: it died of the signal, and so does the wrapper.
    expect(exit.status, exit.story).toBe(143);
    await run.gone();
    expect(journal.count('SIGTERM')).toBe(1);
  });

  test('ends at SIGTERM to the wrapper even when a grandchild ignores it', async () => {
    const { run, journal } = await likeNpm('never');
    run.signal('SIGTERM');
    const exit = await run.exited();
    expect(exit.status, exit.story).toBe(143);
    await run.gone(20_000);
    expect(journal.count('SIGTERM')).toBeGreaterThanOrEqual(1);
  });

  test.each(['SIGINT', 'SIGHUP'] as const)('ends at %s to the wrapper', async (signal) => {
    const { run } = await likeNpm('SIGTERM');
    run.signal(signal);
    await run.exited();
    await run.gone(20_000);
  });

  test.each([
    ['in the same session', ''],
    ['in a session of its own', 'own-session'],
  ])('may outlive a child that ends by itself (%s): no hang, no kill', async (_, session) => {
    const journal = wrapper.journal();
    const run = wrapper.start([NODE, programs.leaveBehind, journal.file, '3', session]);
    const exit = await run.finished();
    expect(exit.status, exit.story).toBe(3);
    const { pid } = await journal.until('ready');
    // Whoever would clean up gets its chance: three other runs come and go.
    for (let turn = 0; turn < 3; turn++) await wrapper.start(['true']).finished();
    const received = () => journal.entries().map((entry) => entry.event);
    expect(isAlive(pid), `it received: ${received().join(', ')}`).toBe(true);
    expect(received()).toEqual(['ready']);
    process.kill(pid, 'SIGTERM');
    await run.gone();
  });

  test('does not hold the wrapper up when it keeps the output open', async () => {
    const journal = wrapper.journal();
    const server = shellQuote([NODE, programs.recorder, journal.file]);
    const run = wrapper.start(['sh', '-c', `${server} & while [ ! -s ${journal.file} ]; do :; done; exit 4`]);
    const exit = await run.exited();
    expect(exit.status, exit.story).toBe(4);
    process.kill((await journal.until('ready')).pid, 'SIGTERM');
    await run.finished();
    await run.gone();
  });

  test('goes with the wrapper at SIGKILL to the whole group', async () => {
    const { run } = await likeNpm('SIGTERM');
    process.kill(-run.pid, 'SIGKILL');
    const exit = await run.exited();
    expect(exit.signal).toBe('SIGKILL');
    await run.gone();
  });

  test('gets SIGTERM to the whole group, and the wrapper mirrors how the child took it', async () => {
    const journal = wrapper.journal();
    const run = wrapper.start([NODE, programs.recorder, journal.file, 'SIGTERM', '7']);
    await journal.until('ready');
    process.kill(-run.pid, 'SIGTERM');
    const exit = await run.exited();
    expect(exit.status, exit.story).toBe(7);
    await run.gone();
  });

  describe('ends within seconds of a SIGKILL to the wrapper', () => {
    test('as a single child, which may still clean up', async () => {
      const journal = wrapper.journal();
      const run = wrapper.start([NODE, programs.recorder, journal.file]);
      await journal.until('ready');
      run.signal('SIGKILL');
      await run.exited();
      await run.gone();
      expect(journal.count('SIGTERM')).toBe(1);
    });

    test('below a shell', async () => {
      const { run } = await likeNpm('SIGTERM');
      run.signal('SIGKILL');
      await run.exited();
      await run.gone();
    });

    test('with a grandchild in a session of its own', async () => {
      const journal = wrapper.journal();
      const server = shellQuote(['setsid', NODE, programs.recorder, journal.file]);
      const run = wrapper.start(['sh', '-c', `${server} & wait`]);
      await journal.until('ready');
      run.signal('SIGKILL');
      await run.exited();
      await run.gone();
    });

    test('also when everything in it ignores SIGTERM', async () => {
      const journals = [wrapper.journal(), wrapper.journal()] as const;
      const run = wrapper.start([NODE, programs.withChild, journals[0].file, journals[1].file, 'never']);
      await Promise.all(journals.map((journal) => journal.until('ready')));
      run.signal('SIGKILL');
      await run.exited();
      await run.gone(25_000);
    });
  });
});
