import { beforeAll, describe, expect, test } from 'vitest';
import { BIN, styxyHome } from '../../support/home.ts';
import { openTerminal, type Terminal } from '../../support/pty.ts';

describe('in a window of 60 columns', () => {
  const home = styxyHome();
  const open = (script: string): Terminal =>
    openTerminal(
      {
        environment: () => ({ env: home.env, survivors: () => [], gone: async () => undefined }),
        path: () => home.place,
      },
      ['sh', '-c', script, 'sh', process.execPath, BIN],
      { TERM: 'xterm' },
    );
  const linesOf = (terminal: Terminal): string[] =>
    terminal
      .screen()
      .replaceAll(/\u001b\[[\d;?]*[a-zA-Z]/g, '')
      .split(/\r*\n/);

  beforeAll(() => home.cli(['daemon', 'start']));

  test.each(['list', 'list --external', 'scan', 'config show --origin', '--help', 'config --help'])(
    'no line of `styxy %s` is longer',
    async (words) => {
      await home.api.allocate({
        service_name: 'a-service-with-a-long-name',
        project_path: '/home/ada/projects/customers/shop/checkouts/the-second',
        command: `node server.js ${'--verbose '.repeat(20)}`,
      });
      const terminal = open(`stty cols 60; "$@" ${words} 2>/dev/null`);
      expect((await terminal.exited()).code).toBe(0);
      expect(linesOf(terminal).length).toBeGreaterThan(2);
      expect(linesOf(terminal).filter((line) => line.length > 60)).toEqual([]);
    },
  );

  test('a pipe gets whole cells', async () => {
    const terminal = open('stty cols 60; "$@" list | cat');
    await terminal.exited();
    expect(linesOf(terminal).join('\n')).toContain('/home/ada/projects/customers/shop/checkouts/the-second');
  });

  test('`styxy list --watch` says how many lines a low window has no room for, and draws anew when it grows', async () => {
    for (const name of ['a', 'b', 'c', 'd']) await home.api.allocate({ service_name: name });
    const terminal = open('stty rows 5 cols 60; exec "$@" list --watch');
    // The last letter of a line as wide as the window is still there when the line is cleared.
    await terminal.until(/\u001b\[K\S*PORT/);
    await terminal.until(/\d+ more lines.*Ctrl-C/);
    terminal.resize(120, 40);
    await terminal.until(/Live\. Ctrl-C/);
    terminal.press('c');
    expect((await terminal.exited()).code).toBe(0);
  });
});
