import { describe, expect, test } from 'vitest';
import { programs } from '../../support/programs.ts';
import { openShell } from '../../support/pty.ts';
import { isAlive } from '../../support/processes.ts';
import { shellQuote, wrapperUnderTest } from '../../support/wrapper.ts';

const NODE = process.execPath;
const REPETITIONS = [1, 2, 3];

describe.skipIf(process.platform !== 'linux').concurrent('`styxy run -- styxy run -- command`', () => {
  const wrapper = wrapperUnderTest();
  /** The command line of one wrapper, to be the command of another. */
  const inner = (...command: string[]) => wrapper.argv(...command);

  test.each([0, 1, 75, 127, 255])('ends with the exit code of the command: %d', async (code) => {
    const exit = await wrapper.start(inner('sh', '-c', `exit ${code}`)).finished();
    expect(exit.code, exit.story).toBe(code);
  });

  test.each(['HUP', 'INT', 'TERM', 'KILL', 'USR1'])(
    'dies of the signal that killed the command: %s',
    async (name) => {
      const exit = await wrapper.start(inner('sh', '-c', `kill -s ${name} $$`)).finished();
      expect(exit.signal ?? `exit code ${exit.code}`, exit.story).toBe(`SIG${name}`);
    },
  );

  test('says 131 to a shell when the command died of SIGQUIT', async () => {
    const exit = await wrapper.start(inner('sh', '-c', 'kill -s QUIT $$')).finished();
    expect(exit.status, exit.story).toBe(131);
  });

  test('passes arguments and streams untouched, three deep', async () => {
    const odd = ['', 'a b', "'", '"', '--', '--help', '\n'];
    const command = inner(...inner(NODE, programs.tellArguments, ...odd));
    const exit = await wrapper.start(command).finished();
    expect(JSON.parse(exit.stdout.toString() || 'null'), exit.story).toEqual(odd);
    expect(exit.stderr.toString()).toBe('');
  });

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR1'] as const)(
    'brings %s from the outer wrapper to the command once, and its code back',
    async (signal) => {
      const journal = wrapper.journal();
      const run = wrapper.start(inner(NODE, programs.recorder, journal.file, 'SIGUSR2', '7'));
      await journal.until('ready');
      run.signal(signal);
      await journal.until(signal);
      run.signal('SIGUSR2');
      const exit = await run.exited();
      expect(journal.count(signal)).toBe(1);
      expect(exit.status, exit.story).toBe(7);
      await run.gone();
    },
  );

  test('ends a tree below a shell at SIGTERM to the outer wrapper', async () => {
    const journal = wrapper.journal();
    const server = shellQuote([NODE, programs.recorder, journal.file]);
    const run = wrapper.start(inner('sh', '-c', `${server} & wait`));
    await journal.until('ready');
    run.signal('SIGTERM');
    const exit = await run.exited();
    expect(exit.status, exit.story).toBe(143);
    await run.gone();
  });

  test('leaves nothing behind at SIGKILL to the outer wrapper', async () => {
    const journal = wrapper.journal();
    const run = wrapper.start(inner(NODE, programs.recorder, journal.file));
    await journal.until('ready');
    run.signal('SIGKILL');
    await run.exited();
    await run.gone();
  });

  test.each(REPETITIONS)('brings Ctrl-C to the command once (%d)', async () => {
    const journal = wrapper.journal();
    const shell = await openShell(wrapper);
    shell.type(shellQuote(wrapper.argv(...inner(NODE, programs.recorder, journal.file))));
    await journal.until('ready');
    const job = await shell.job();
    shell.press('c');
    await journal.until('SIGINT');
    process.kill(job, 'SIGUSR2');
    await journal.until('SIGUSR2');
    expect(journal.count('SIGINT'), 'SIGINTs after one Ctrl-C').toBe(1);
    expect(isAlive(job)).toBe(true);
    process.kill(job, 'SIGTERM');
    expect(await shell.status()).toBe(7);
    shell.hangUp();
    await shell.gone();
  });

  test('stops at Ctrl-Z and goes on with `fg`', async () => {
    const journal = wrapper.journal();
    const shell = await openShell(wrapper);
    shell.type(shellQuote(wrapper.argv(...inner(NODE, programs.recorder, journal.file))));
    await journal.until('ready');
    const job = await shell.job();
    shell.press('z');
    await shell.until(/Stopped/);
    shell.type('fg');
    await journal.until('SIGCONT');
    process.kill(job, 'SIGTERM');
    await journal.until('SIGTERM');
    expect(await shell.status()).toBe(7);
    shell.hangUp();
    await shell.gone();
  });
});
