import { describe, expect, test } from 'vitest';
import { programs } from '../../support/programs.ts';
import { isAlive, statOf, waitFor } from '../../support/processes.ts';
import { openShell, PROMPT, type Shell } from '../../support/pty.ts';
import { wrapperUnderTest } from '../../support/wrapper.ts';

const NODE = process.execPath;
const state = (pid: number) => statOf(pid)?.state ?? 'gone';

describe.skipIf(process.platform !== 'linux').concurrent('`styxy run -- command &`', () => {
  const wrapper = wrapperUnderTest();

  /** A recorder in the background of an interactive bash; `preparation` is typed before. */
  async function inBackground(preparation = 'true') {
    const shell = await openShell(wrapper);
    const journal = wrapper.journal();
    shell.type(`${preparation}; ${wrapper.shell(NODE, programs.recorder, journal.file)} &`);
    await shell.until(PROMPT);
    const job = await shell.job();
    await waitFor(
      () => journal.count('ready') > 0 || state(job) === 'T',
      20_000,
      'the command to start in the background',
    );
    expect(state(job), `T means: stopped, by SIGTTOU or SIGTTIN; ${shell.screen()}`).not.toBe('T');
    const { pid } = await journal.until('ready');
    return { shell, journal, child: pid, job };
  }

  async function end({ shell, child }: { shell: Shell; child: number }) {
    process.kill(child, 'SIGTERM');
    shell.type('wait %1');
    expect(await shell.status()).toBe(7);
    shell.hangUp();
    await shell.gone();
  }

  test('leaves the terminal to the shell and is not stopped', async () => {
    const at = await inBackground();
    at.shell.type('echo "answer $((40 + 2))"; jobs');
    await at.shell.until(/answer 42/);
    await at.shell.until(/Running/);
    await at.shell.until(PROMPT);
    expect(statOf(at.shell.pid)?.foregroundGroup).toBe(at.shell.pid);
    expect([state(at.job), state(at.child)]).not.toContain('T');
    await end(at);
  });

  test('runs on a terminal that stops background jobs which write (stty tostop)', async () => {
    const at = await inBackground('stty tostop');
    at.shell.type('jobs; stty -tostop');
    await at.shell.until(/Running/);
    await at.shell.until(PROMPT);
    expect([state(at.job), state(at.child)]).not.toContain('T');
    await end(at);
  });

  test("does not get the shell's Ctrl-C", async () => {
    const at = await inBackground();
    at.shell.press('c');
    await at.shell.until(PROMPT);
    at.shell.type('echo "answer $((1 + 1))"');
    await at.shell.until(/answer 2/);
    await at.shell.until(PROMPT);
    process.kill(at.job, 'SIGUSR2');
    await at.journal.until('SIGUSR2');
    expect(at.journal.count('SIGINT')).toBe(0);
    expect(isAlive(at.job)).toBe(true);
    await end(at);
  });

  test('gets Ctrl-C once when `fg` has brought it to the front', async () => {
    const at = await inBackground();
    at.shell.type('fg');
    await waitFor(
      () => statOf(at.shell.pid)?.foregroundGroup === statOf(at.job)?.group,
      15_000,
      'the job to own the terminal',
    );
    at.shell.press('c');
    await at.journal.until('SIGINT');
    process.kill(at.job, 'SIGUSR2');
    await at.journal.until('SIGUSR2');
    expect(at.journal.count('SIGINT')).toBe(1);
    process.kill(at.child, 'SIGTERM');
    expect(await at.shell.status()).toBe(7);
    at.shell.hangUp();
    await at.shell.gone();
  });

  test('goes on after Ctrl-Z and `bg`', async () => {
    const shell = await openShell(wrapper);
    const journal = wrapper.journal();
    shell.type(wrapper.shell(NODE, programs.recorder, journal.file));
    const { pid: child } = await journal.until('ready');
    const job = await shell.job();
    shell.press('z');
    await shell.until(/Stopped/);
    await shell.until(PROMPT);
    shell.type('bg');
    await journal.until('SIGCONT');
    await shell.until(PROMPT);
    await waitFor(() => state(job) !== 'T' && state(child) !== 'T', 15_000, 'wrapper and child to go on');
    expect(statOf(shell.pid)?.foregroundGroup).toBe(shell.pid);
    await end({ shell, child });
  });

  test('gets the SIGINT that `kill -INT %%1` sends to its group, and lives on if it wants', async () => {
    const at = await inBackground();
    at.shell.type('kill -INT %1');
    await at.journal.until('SIGINT');
    await at.shell.until(PROMPT);
    expect([isAlive(at.job), isAlive(at.child)]).toEqual([true, true]);
    await end(at);
  });

  test('ends when its terminal hangs up', async () => {
    const shell = await openShell(wrapper);
    const journal = wrapper.journal();
    shell.type(`${wrapper.shell(NODE, programs.recorder, journal.file, 'SIGHUP', '0')} &`);
    await journal.until('ready');
    shell.hangUp();
    await journal.until('SIGHUP');
    await shell.gone();
  });
});
