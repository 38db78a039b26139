import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { styxyHome } from '../../support/home.ts';
import { portServer } from '../../support/port-server.ts';
import { openWindow, type Window } from '../../support/window.ts';

describe.skipIf(process.platform !== 'linux')('a command that names no service, where several run', () => {
  const home = styxyHome();
  const ask = (...args: string[]): Window => openWindow(home, args, { env: { BROWSER: 'none', CI: '' } });
  const names = async () => (await home.api.list()).allocations.map((each) => each.service_name).toSorted();
  const portOf = async (name: string) =>
    (await home.api.list()).allocations.find((each) => each.service_name === name)!.port;

  /** The sign in front of the one that Enter takes is filled. */
  async function choose(window: Window, label: string): Promise<void> {
    const seen = await window.shows(label, /● /);
    const offered = seen.split('\n').filter((line) => /[●○] /.test(line));
    const steps =
      offered.findIndex((line) => line.includes(label)) - offered.findIndex((line) => /● /.test(line));
    for (let step = 0; step < Math.abs(steps); step += 1) window.type(steps > 0 ? 'down' : 'up');
    await window.shows(`● ${label}`);
    window.type('enter');
  }

  beforeAll(async () => {
    mkdirSync(join(home.place, '.git'));
    for (const name of ['api', 'web', 'docs'])
      await home.json(['run', '--detach', '--wait', '--name', name, '--', process.execPath, portServer]);
  });
  afterAll(() => home.cli(['stop', '--all', '--yes']));

  test('url offers them, and prints the address of the one that is chosen', async () => {
    const window = ask('url');
    await window.shows('The address of which service?', 'api (port', 'web (port', 'docs (port');
    await choose(window, 'web (port');
    await window.shows(new RegExp(String.raw`^http://localhost:${await portOf('web')}$`, 'm'));
    expect(await window.exited()).toMatchObject({ code: 0, signal: 0 });
  });

  test('open offers them', async () => {
    const window = ask('open', '--plain');
    await window.shows('Open which service?');
    await choose(window, 'docs (port');
    await window.shows('BROWSER is none', `http://localhost:${await portOf('docs')}`);
    expect((await window.exited()).code).toBe(0);
  });

  test('logs offers their output, and all of it first', async () => {
    const all = ask('logs');
    await all.shows('Whose output?', '● all of them');
    all.type('enter');
    await all.shows(/^api\b.*\{"/m, /^web\b.*\{"/m);
    expect((await all.exited()).code).toBe(0);
    const one = ask('logs');
    await choose(one, 'docs');
    await one.shows(/^\{"/m);
    expect((await one.exited()).code).toBe(0);
  });

  test.each([
    ['Escape', (window: Window) => window.type('escape')],
    ['Ctrl-C', (window: Window) => window.press('c')],
  ])('%s leaves everything as it is', async (_, leave) => {
    const window = ask('stop');
    await window.shows('Stop which service?', /● /);
    leave(window);
    expect(await window.exited()).toMatchObject({ code: 130 });
    expect(await names()).toEqual(['api', 'docs', 'web']);
  });

  test('stop ends the one that is chosen, and no other', async () => {
    const window = ask('stop');
    await choose(window, 'api (port');
    await window.shows('stopped api');
    expect((await window.exited()).code).toBe(0);
    expect(await names()).toEqual(['docs', 'web']);
  });

  test('nobody is asked without a terminal, with --json, or where one runs alone', async () => {
    for (const command of ['stop', 'url', 'open']) {
      const exit = await home.cli([command]);
      expect(exit.code, exit.story).toBe(64);
      expect(exit.stderr).not.toContain('which service?');
    }
    const json = ask('url', '--json');
    await json.shows('several services run here');
    expect((await json.exited()).code).toBe(64);
    await home.cli(['stop', 'docs']);
    const alone = ask('url');
    await alone.shows(`http://localhost:${await portOf('web')}`);
    expect((await alone.exited()).code).toBe(0);
  });
});
