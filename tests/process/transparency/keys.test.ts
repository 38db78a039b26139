import { describe, expect, test } from 'vitest';
import type { Journal } from '../../support/journal.ts';
import { programs } from '../../support/programs.ts';
import { isAlive, statOf, waitFor } from '../../support/processes.ts';
import { openShell, PROMPT, type Shell } from '../../support/pty.ts';
import { wrapperUnderTest } from '../../support/wrapper.ts';

const NODE = process.execPath;
const REPETITIONS = [1, 2, 3];

/**
 * Returns when any copy of an earlier signal has arrived too: a second signal is sent after it,
 * through the wrapper, and its arrival awaited.
 */
async function fence(job: number, ...journals: [Journal, ...Journal[]]) {
  process.kill(job, 'SIGUSR2');
  await journals[0].until('SIGUSR2');
  for (const journal of journals.slice(1)) {
    process.kill((await journal.until('ready')).pid, 'SIGUSR2');
    await journal.until('SIGUSR2');
  }
}

/** The wrapper and its child have both stopped (state T) or both not. */
const stopped = (pid: number) => statOf(pid)?.state === 'T';

describe.skipIf(process.platform !== 'linux').concurrent('under bash with job control', () => {
  const wrapper = wrapperUnderTest();

  /** Types `styxy run -- recorder` at a prompt. The recorder ends with code 7 on SIGTERM. */
  async function running() {
    const shell = await openShell(wrapper);
    const journal = wrapper.journal();
    shell.type(wrapper.shell(NODE, programs.recorder, journal.file));
    const { pid } = await journal.until('ready');
    return { shell, journal, child: pid, job: await shell.job() };
  }

  async function endsWithSeven({ shell, child }: { shell: Shell; child: number }) {
    process.kill(child, 'SIGTERM');
    expect(await shell.status()).toBe(7);
    shell.hangUp();
    await shell.gone();
  }

  test.each(REPETITIONS)(
    'Ctrl-C reaches the child once, and no prompt comes before it has ended (%d)',
    async () => {
      const at = await running();
      at.shell.press('c');
      await at.journal.until('SIGINT');
      await fence(at.job, at.journal);
      expect(at.journal.count('SIGINT'), 'SIGINTs after one Ctrl-C').toBe(1);
      expect(isAlive(at.job), 'the wrapper waits for its child').toBe(true);
      await endsWithSeven(at);
    },
  );

  test.each(REPETITIONS)('Ctrl-C reaches a grandchild once (%d)', async () => {
    const shell = await openShell(wrapper);
    const [parent, child] = [wrapper.journal(), wrapper.journal()];
    shell.type(wrapper.shell(NODE, programs.withChild, parent.file, child.file));
    await Promise.all([parent.until('ready'), child.until('ready')]);
    const job = await shell.job();
    shell.press('c');
    await Promise.all([parent.until('SIGINT'), child.until('SIGINT')]);
    await fence(job, parent, child);
    expect([parent.count('SIGINT'), child.count('SIGINT')]).toEqual([1, 1]);
    process.kill((await child.until('ready')).pid, 'SIGTERM');
    await endsWithSeven({ shell, child: (await parent.until('ready')).pid });
  });

  test('a second Ctrl-C reaches the child, once as well', async () => {
    const at = await running();
    at.shell.press('c');
    await at.journal.until('SIGINT');
    at.shell.press('c');
    await at.journal.until('SIGINT', 2);
    await fence(at.job, at.journal);
    expect(at.journal.count('SIGINT')).toBe(2);
    await endsWithSeven(at);
  });

  test('Ctrl-C that kills the child is 130 for the shell', async () => {
    const journal = wrapper.journal();
    const shell = await openShell(wrapper);
    shell.type(wrapper.shell('sh', '-c', `echo '{"event":"ready"}' >> ${journal.file}; exec sleep 100`));
    await journal.until('ready');
    shell.press('c');
    expect(await shell.status()).toBe(130);
    shell.hangUp();
    await shell.gone();
  });

  test('Ctrl-C ends a `for` loop of runs at its first turn', async () => {
    const journal = wrapper.journal();
    const shell = await openShell(wrapper);
    const child = `echo '{"event":"turn"}' >> ${journal.file}; exec sleep 100`;
    shell.type(`for i in 1 2 3; do ${wrapper.shell('sh', '-c', child)}; done; echo "loop $((1 + 1))"`);
    await journal.until('turn');
    shell.press('c');
    await shell.until(PROMPT);
    shell.type('echo "after $((1 + 1))"');
    await shell.until(/after 2/);
    expect(journal.count('turn'), shell.screen()).toBe(1);
    expect(shell.screen()).not.toContain('loop 2');
    shell.hangUp();
    await shell.gone();
  });

  test.each(REPETITIONS)('Ctrl-\\ reaches the child once, and the wrapper waits for it (%d)', async () => {
    const at = await running();
    at.shell.press('\\');
    await at.journal.until('SIGQUIT');
    await fence(at.job, at.journal);
    expect(at.journal.count('SIGQUIT')).toBe(1);
    expect(isAlive(at.job)).toBe(true);
    await endsWithSeven(at);
  });

  test('Ctrl-Z stops wrapper and child; `fg` continues both, and the keys work as before', async () => {
    const at = await running();
    at.shell.press('z');
    await at.shell.until(/Stopped/);
    await at.shell.until(PROMPT);
    const everybody = [at.job, at.child];
    await waitFor(() => everybody.every(stopped), 15_000, 'wrapper and child to stop');
    at.shell.type('fg');
    await at.journal.until('SIGCONT');
    await waitFor(() => !everybody.some(stopped), 15_000, 'wrapper and child to go on');
    at.shell.press('c');
    await at.journal.until('SIGINT');
    await fence(at.job, at.journal);
    expect(at.journal.count('SIGINT')).toBe(1);
    await endsWithSeven(at);
  });

  test('Ctrl-Z twice works as often as once', async () => {
    const at = await running();
    for (const turn of [1, 2]) {
      at.shell.press('z');
      await at.shell.until(/Stopped/);
      await at.shell.until(PROMPT);
      at.shell.type('fg');
      await at.journal.until('SIGCONT', turn);
    }
    await waitFor(() => !stopped(at.job) && !stopped(at.child), 15_000, 'wrapper and child to go on');
    await endsWithSeven(at);
  });

  test('Ctrl-Z, then `kill %%1` and `fg`: the job ends with its own code', async () => {
    const at = await running();
    at.shell.press('z');
    await at.shell.until(/Stopped/);
    await at.shell.until(PROMPT);
    at.shell.type('kill %1; fg');
    await at.journal.until('SIGTERM');
    expect(await at.shell.status()).toBe(7);
    at.shell.hangUp();
    await at.shell.gone();
  });
});
