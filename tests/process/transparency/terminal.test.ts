import { describe, expect, test } from 'vitest';
import { programs } from '../../support/programs.ts';
import { openShell, openTerminal, PROMPT } from '../../support/pty.ts';
import { isAlive } from '../../support/processes.ts';
import { shellQuote, wrapperUnderTest } from '../../support/wrapper.ts';

const NODE = process.execPath;

describe.skipIf(process.platform !== 'linux').concurrent('the terminal of `styxy run -- command`', () => {
  const wrapper = wrapperUnderTest();

  test.each([
    ['all three streams', '', [0, 1, 2]],
    ['all but a redirected stdin', '</dev/null', [1, 2]],
    ['all but a piped stdout', '| cat', [0, 2]],
    ['all but a redirected stderr', '2>/dev/null', [0, 1]],
  ])("is the command's: %s", async (_, redirection, terminals) => {
    const journal = wrapper.journal();
    const line = `${wrapper.shell(NODE, programs.tellTerminal, journal.file)} ${redirection}`;
    const terminal = openTerminal(wrapper, ['sh', '-c', line]);
    const { code } = await terminal.exited();
    expect(code, terminal.screen()).toBe(0);
    const entry = await journal.until('terminal');
    expect(entry['terminals']).toEqual(terminals);
    if (terminals.includes(1)) expect(entry['size']).toEqual([100, 30]);
  });

  test('tells the command of a new size', async () => {
    const journal = wrapper.journal();
    const terminal = openTerminal(wrapper, wrapper.argv(NODE, programs.recorder, journal.file));
    const { pid } = await journal.until('ready');
    terminal.resize(77, 23);
    const entry = await journal.until('SIGWINCH');
    expect(entry['size']).toEqual([77, 23]);
    process.kill(pid, 'SIGTERM');
    expect((await terminal.exited()).code).toBe(7);
  });

  test('lets the command read a line', async () => {
    const script = 'read -r line; echo "read <$line>"; read -r line; echo "then <$line>"';
    const terminal = openTerminal(wrapper, wrapper.argv('sh', '-c', script));
    terminal.write('hello there\n');
    await terminal.until(/read <hello there>/);
    terminal.write('and again\n');
    await terminal.until(/then <and again>/);
    expect((await terminal.exited()).code).toBe(0);
  });

  test('says end of file to the command at Ctrl-D', async () => {
    const terminal = openTerminal(wrapper, wrapper.argv('sh', '-c', 'echo go; cat; echo "end: $?"'));
    await terminal.until(/go/);
    terminal.write('line\n\u0004');
    await terminal.until(/end: 0/);
    expect((await terminal.exited()).code).toBe(0);
  });

  test('is /dev/tty for the command, also when stdin is not the terminal', async () => {
    const script = 'read -r line </dev/tty; echo "tty <$line>" >/dev/tty';
    const line = `${wrapper.shell('sh', '-c', script)} </dev/null >/dev/null 2>&1`;
    const terminal = openTerminal(wrapper, ['sh', '-c', line]);
    terminal.write('secret\n');
    await terminal.until(/tty <secret>/);
    expect((await terminal.exited()).code).toBe(0);
  });

  test('may be set to raw mode by the command: then Ctrl-C, Ctrl-Z and Ctrl-\\ are keys', async () => {
    const journal = wrapper.journal();
    const terminal = openTerminal(wrapper, wrapper.argv(NODE, programs.rawKeys, journal.file));
    await journal.until('ready');
    terminal.press('c');
    await journal.until('key 3');
    terminal.press('z');
    await journal.until('key 26');
    terminal.press('\\');
    await journal.until('key 28');
    terminal.write('q');
    expect((await terminal.exited()).code, terminal.screen()).toBe(0);
  });

  test.each([
    ['ends by itself', 'exit 0'],
    ['fails', 'exit 3'],
    ['is killed', 'kill -s KILL $$'],
  ])('has the same modes afterwards when the command %s', async (_, script) => {
    const run = wrapper.shell('sh', '-c', script);
    const line = `stty -ixon -echoctl min 3 erase x; stty -g > before; ${run}; stty -g > after; cmp before after && echo same modes`;
    const folder = wrapper.journal().file.split('/').at(-1) ?? '';
    const terminal = openTerminal(wrapper, [
      'sh',
      '-c',
      `mkdir modes-${folder}; cd modes-${folder}; ${line}`,
    ]);
    await terminal.until(/same modes/);
    await terminal.exited();
  });

  test('ends the command and the wrapper when it hangs up', async () => {
    const journal = wrapper.journal();
    const child = [NODE, programs.recorder, journal.file, 'SIGHUP', '0'];
    const terminal = openTerminal(wrapper, wrapper.argv(...child));
    await journal.until('ready');
    terminal.hangUp();
    await journal.until('SIGHUP');
    await terminal.gone();
  });

  test('ends a whole tree below a shell when it hangs up', async () => {
    const journal = wrapper.journal();
    const server = shellQuote([NODE, programs.recorder, journal.file, 'SIGHUP', '0']);
    const shell = await openShell(wrapper);
    shell.type(wrapper.shell('sh', '-c', `${server} & wait`));
    await journal.until('ready');
    shell.hangUp();
    await shell.gone();
  });

  test('shows the prompt again as soon as the command has ended', async () => {
    const shell = await openShell(wrapper);
    shell.type(wrapper.shell('sh', '-c', 'exit 6'));
    expect(await shell.status()).toBe(6);
    shell.type('echo "still $((40 + 2))"');
    await shell.until(/still 42/);
    await shell.until(PROMPT);
    expect(isAlive(shell.pid)).toBe(true);
    shell.hangUp();
    await shell.gone();
  });
});
