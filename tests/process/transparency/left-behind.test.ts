import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { childrenOf, isAlive, statOf, waitFor } from '../../support/processes.ts';
import { programs } from '../../support/programs.ts';
import { openShell } from '../../support/pty.ts';
import { shellQuote, wrapperUnderTest } from '../../support/wrapper.ts';

const NODE = process.execPath;

describe.skipIf(process.platform !== 'linux').concurrent('what would stay behind at the end of a run', () => {
  const wrapper = wrapperUnderTest({ settings: { end_grace_ms: 1000 } });

  const recorder = (file: string, endSignal: string) =>
    shellQuote([NODE, programs.recorder, file, endSignal]);

  test.each([1, 2, 3, 4, 5, 6])(
    'ends after Ctrl-C though its parent died first and it takes no notice of SIGINT (%d)',
    async () => {
      const [shell, journal] = [await openShell(wrapper), wrapper.journal()];
      shell.type(wrapper.shell('sh', '-c', `${recorder(journal.file, 'SIGTERM')} & exec sleep 100`));
      await journal.until('ready');
      shell.press('c');
      expect(await shell.status()).toBe(130);
      expect([journal.count('SIGINT'), journal.count('SIGTERM')]).toEqual([1, 1]);
      shell.hangUp();
      await shell.gone();
    },
  );

  test('is killed after Ctrl-C only when it takes no notice of SIGTERM either', async () => {
    const [shell, journal] = [await openShell(wrapper), wrapper.journal()];
    shell.type(wrapper.shell('sh', '-c', `${recorder(journal.file, 'never')} & exec sleep 100`));
    const { pid } = await journal.until('ready');
    shell.press('c');
    expect(await shell.status()).toBe(130);
    expect(isAlive(pid)).toBe(false);
    expect([journal.count('SIGINT'), journal.count('SIGTERM')]).toEqual([1, 1]);
    shell.hangUp();
    await shell.gone();
  });

  test('is asked to end by SIGTERM when it has a session of its own, where no Ctrl-C arrives', async () => {
    const [shell, journal, helper] = [await openShell(wrapper), wrapper.journal(), wrapper.journal()];
    const start = `setsid ${recorder(helper.file, 'SIGTERM')} & ${recorder(journal.file, 'SIGINT')}`;
    shell.type(wrapper.shell('sh', '-c', start));
    await Promise.all([journal.until('ready'), helper.until('ready')]);
    shell.press('c');
    await shell.status();
    expect([helper.count('SIGINT'), helper.count('SIGTERM')]).toEqual([0, 1]);
    shell.hangUp();
    await shell.gone();
  });

  test.each([
    ['has left the tree', (server: string) => `(setsid ${server} &); exec sleep 100`],
    [
      'is started by a trap at the very end',
      (server: string) => `trap "${server} & exit 0" TERM; sleep 100 & wait`,
    ],
  ])('ends after SIGTERM when it %s', async (_, script) => {
    const journal = wrapper.journal();
    const run = wrapper.start(['sh', '-c', script(recorder(journal.file, 'SIGTERM'))]);
    await waitFor(
      () => journal.count('ready') > 0 || childrenOf(run.pid).some((pid) => childrenOf(pid).length > 0),
    );
    run.signal('SIGTERM');
    await run.exited();
    expect(run.survivors()).toEqual([]);
  });

  test('stays when the command ends by itself', async () => {
    const journal = wrapper.journal();
    const server = recorder(journal.file, 'SIGTERM');
    const run = wrapper.start(['sh', '-c', `(setsid ${server} &); until [ -s ${journal.file} ]; do :; done`]);
    expect((await run.exited()).status).toBe(0);
    const { pid } = await journal.until('ready');
    expect(isAlive(pid)).toBe(true);
    process.kill(pid, 'SIGTERM');
    await run.gone();
  });
});

describe.skipIf(process.platform !== 'linux').concurrent('a signal to the wrapper, and to its group', () => {
  const wrapper = wrapperUnderTest();

  /** The process of the wrapper's group that hears what the group gets. */
  const witnessOf = (job: number) =>
    waitFor(
      () => childrenOf(job).find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8') === 'cat\0'),
      15_000,
      'the witness',
    );

  test.each([1, 2, 3])(
    'SIGINT to the wrapper alone, in the foreground of a terminal, reaches the child once (%d)',
    async () => {
      const [shell, journal] = [await openShell(wrapper), wrapper.journal()];
      shell.type(wrapper.shell(NODE, programs.recorder, journal.file));
      const { pid } = await journal.until('ready');
      const job = await shell.job();
      await witnessOf(job);
      process.kill(job, 'SIGINT');
      await journal.until('SIGINT');
      shell.press('c');
      await journal.until('SIGINT', 2);
      process.kill(job, 'SIGUSR2');
      await journal.until('SIGUSR2');
      expect(journal.count('SIGINT'), 'one by kill, one by Ctrl-C').toBe(2);
      process.kill(pid, 'SIGTERM');
      expect(await shell.status()).toBe(7);
      shell.hangUp();
      await shell.gone();
    },
  );

  test.each(['SIGTERM', 'SIGHUP', 'SIGINT'] as const)(
    '%s to the group reaches the child once',
    async (signal) => {
      const journal = wrapper.journal();
      const run = wrapper.start([NODE, programs.recorder, journal.file, 'SIGUSR1']);
      await journal.until('ready');
      for (const turn of [1, 2, 3]) {
        await witnessOf(run.pid);
        process.kill(-run.pid, signal);
        await journal.until(signal, turn);
        run.signal('SIGUSR2');
        await journal.until('SIGUSR2', turn);
      }
      expect(journal.count(signal)).toBe(3);
      run.signal('SIGUSR1');
      expect((await run.exited()).status).toBe(7);
      await run.gone();
    },
  );

  test('Ctrl-C reaches a command that has a session of its own', async () => {
    const [shell, journal] = [await openShell(wrapper), wrapper.journal()];
    shell.type(wrapper.shell('setsid', NODE, programs.recorder, journal.file, 'SIGINT'));
    const { pid } = await journal.until('ready');
    expect(statOf(pid)?.session).toBe(pid);
    shell.press('c');
    expect(await shell.status()).toBe(7);
    expect(journal.count('SIGINT')).toBe(1);
    shell.hangUp();
    await shell.gone();
  });

  test('the witness ends with its wrapper, also when that is killed', async () => {
    const run = wrapper.start(['sleep', '100']);
    const witness = await witnessOf(run.pid);
    run.signal('SIGKILL');
    await run.gone();
    await waitFor(() => !isAlive(witness), 15_000, 'the witness to end');
  });
});
