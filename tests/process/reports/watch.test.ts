import { describe, expect, test } from 'vitest';
import type { ListAnswer } from '../../../src/protocol/answers/ports.ts';
import { BIN, styxyHome, type Running } from '../../support/home.ts';
import { waitFor } from '../../support/processes.ts';
import { openTerminal } from '../../support/pty.ts';

describe('`styxy list --watch`', () => {
  const home = styxyHome();
  const lease = (name: string) => home.api.allocate({ service_name: name, project_path: '/p' });
  const pictures = (watch: Running): ListAnswer[] =>
    watch
      .stdout()
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as ListAnswer);
  const names = (watch: Running) =>
    pictures(watch)
      .at(-1)
      ?.allocations.map(({ service_name: name }) => name)
      .toSorted();
  const untilNames = (watch: Running, ...expected: string[]) =>
    waitFor(
      () => JSON.stringify(names(watch)) === JSON.stringify(expected),
      15_000,
      () => `${expected.join()} in the list, which is ${String(names(watch))} ${watch.stderr()}`,
    );

  test('shows each change, goes on with the next daemon, and Ctrl-C is a good end', async () => {
    const watch = home.start(['list', '--watch', '--json']);
    await untilNames(watch);
    const web = await lease('web');
    await untilNames(watch, 'web');
    await lease('api');
    await untilNames(watch, 'api', 'web');

    await home.killDaemon();
    await waitFor(() => watch.stderr().includes('daemon has ended'), 15_000, 'a word about the daemon');
    expect(home.daemons()).toEqual([]);
    await home.json(['allocate', '--type', 'dev', '--name', 'db']);
    await untilNames(watch, 'api', 'db', 'web');
    await home.api.release(web.lock_id);
    await untilNames(watch, 'api', 'db');

    const seen = pictures(watch).map((picture) => JSON.stringify(picture));
    for (const [index, picture] of seen.entries()) expect(picture).not.toBe(seen[index + 1]);
    watch.process.kill('SIGINT');
    expect(await watch.finished()).toMatchObject({ code: 0, signal: null });
  });

  test('draws in place on a terminal, and gives the screen back', async () => {
    const place = {
      environment: () => ({ env: home.env, survivors: () => [], gone: async () => undefined }),
      path: () => home.place,
    };
    const words = [process.execPath, BIN, 'list', '--watch'];
    const terminal = openTerminal(place, words, { TERM: 'xterm-256color' });
    await terminal.until(/\[\?1049h/);
    await terminal.until(/Ctrl-C/);
    await lease('terminal');
    await terminal.until(/terminal /);
    expect(terminal.screen()).not.toMatch(/[^\r]\n/);
    terminal.press('c');
    expect((await terminal.exited()).code).toBe(0);
    expect(terminal.screen().trimEnd().endsWith('\u001b[?7h\u001b[?25h\u001b[?1049l')).toBe(true);
  });

  test('redraws nothing where CI is set', async () => {
    const place = {
      environment: () => ({ env: home.env, survivors: () => [], gone: async () => undefined }),
      path: () => home.place,
    };
    const words = [process.execPath, BIN, 'list', '--watch'];
    const terminal = openTerminal(place, words, { TERM: 'xterm-256color', CI: 'true' });
    await lease('in-ci');
    await terminal.until(/in-ci/);
    expect(terminal.screen()).not.toContain('\u001b[?1049h');
    terminal.press('c');
    expect((await terminal.exited()).code).toBe(0);
  });

  test('without a terminal prints the table again at each change', async () => {
    const watch = home.start(['list', '--watch']);
    await waitFor(() => watch.stdout().includes('PORT'), 15_000, 'the first table');
    await lease('shop');
    await waitFor(() => /^\d+ +shop /m.test(watch.stdout()), 15_000, 'the new lease');
    expect(watch.stdout().match(/^PORT /gm)?.length).toBeGreaterThan(1);
    expect(watch.stdout()).not.toContain('\u001b');
    watch.process.kill('SIGTERM');
    expect(await watch.finished()).toMatchObject({ code: null, signal: 'SIGTERM' });
  });

  test('does not end a daemon that is told to stop any later', async () => {
    const watch = home.start(['list', '--watch']);
    await waitFor(() => watch.stdout().includes('PORT'), 15_000, 'the first table');
    const stop = await home.cli(['daemon', 'stop']);
    expect(stop.code, stop.story).toBe(0);
    await waitFor(() => home.daemons().length === 0, 5000, 'the daemon to end');
    watch.process.kill('SIGINT');
    await watch.finished();
  });

  test('a mistake in its options is told as for a list', async () => {
    const exit = await home.cli(['list', '--watch', '--type', 'nope']);
    expect(exit.code, exit.story).toBe(64);
    expect(exit.stderr).toContain('error[UNKNOWN_TYPE]');
  });
});
