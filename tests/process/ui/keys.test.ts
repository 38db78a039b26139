import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { styxyHome } from '../../support/home.ts';
import { isAlive, waitFor } from '../../support/processes.ts';
import { startOutsider } from '../../support/outsider.ts';
import { portServer } from '../../support/port-server.ts';
import { openWindow, type Window } from '../../support/window.ts';

/** The line of a service; `>` in front when it is selected. */
const line = (name: string, isSelected: boolean): RegExp =>
  new RegExp(String.raw`^${isSelected ? '> ' : ' {2}'}${name} `, 'm');

describe.skipIf(process.platform !== 'linux')('the keys of `styxy ui`', () => {
  const home = styxyHome();
  let window: Window;
  const start = (name: string, ...command: string[]) =>
    home.json(['run', '--detach', '--wait', '--name', name, '--', ...command]);
  const server = [process.execPath, portServer];
  const leases = () => home.api.list();
  /** Programs of others on this machine may be in the list as well. */
  async function select(name: string): Promise<void> {
    for (;;) {
      const rows = (await window.lines()).filter((each) => /^[> ] \S+ +\d+ /.test(each));
      const at = rows.findIndex((row) => row.startsWith('>'));
      const to = rows.findIndex((row) => line(name, false).test(row) || line(name, true).test(row));
      if (at === to) return;
      window.type(to > at ? 'j' : 'k');
      const next = rows[to > at ? at + 1 : at - 1]!;
      await window.shows(`> ${next.slice(2)}`.slice(0, 12));
    }
  }

  beforeAll(async () => {
    mkdirSync(join(home.place, '.git'));
    await start('api', ...server);
    await start('web', ...server);
    window = openWindow(home, ['ui'], { env: { BROWSER: 'none' } });
    await window.shows('2 services', 'live', /^[> ] api /m, /^[> ] web /m, 'q quit');
  });
  afterAll(async () => {
    window.type('q');
    expect(await window.exited()).toMatchObject({ code: 0, signal: 0 });
    await home.cli(['stop', '--all', '--yes']);
  });

  test('j, k and the arrows select the next one and the one before', async () => {
    await select('api');
    window.type('j');
    await window.shows(line('api', false), line('web', true));
    window.type('k');
    await window.shows(line('api', true));
    window.type('down');
    await window.shows(line('web', true));
    window.type('up');
    await window.shows(line('api', true));
  });

  test('what starts and ends elsewhere is shown without a key', async () => {
    const lease = await home.api.allocate({
      service_name: 'elsewhere',
      project_path: '/p/other',
      ttl_ms: 60_000,
    });
    await window.shows('elsewhere', 'other  /p/other', '3 services');
    await home.api.release(lease.lock_id);
    await window.shows('2 services');
    expect((await window.lines()).join('\n')).not.toContain('elsewhere');
  });

  test('/ shows what fits, and Escape shows all again', async () => {
    window.type('/', 'w', 'x', 'backspace', 'e', 'b');
    await window.shows('/web_', '1 service', line('web', true));
    expect((await window.lines()).join('\n')).not.toMatch(line('api', false));
    window.type('enter');
    await window.shows('/web  esc clears it');
    window.type('escape');
    await window.shows('2 services', line('api', false));
    window.type('/', 'n', 'o', 'n', 'e');
    await window.shows('No service fits "none"');
    window.type('escape');
    await window.shows(line('api', false));
  });

  test('? explains the keys, w tells whose a port is, d examines the installation, and Escape closes each', async () => {
    await select('api');
    window.type('?');
    await window.shows('help', 'ctrl-z', 'esc back');
    window.type('escape');
    await window.shows(line('api', true));
    window.type('w');
    await window.shows(/^project +\S/m, /^service +api/m);
    // In one piece, Escape and a letter are that letter with Alt.
    window.type('escape');
    await window.shows(line('api', true));
    window.type('d');
    await window.shows('doctor', 'permissions');
    window.type('escape');
    await window.shows(line('api', true));
  });

  test('o opens it, or shows the address where there is no browser', async () => {
    await select('api');
    window.type('o');
    await window.shows('not opened (BROWSER is none)', /http:\/\/\S*localhost:\d+/);
  });

  test('l follows the log; / finds text in it, n goes on to the one before', async () => {
    const program =
      'let n = 0; setInterval(() => console.log(`line ${(n += 1)} ${n === 3 ? "needle" : ""}`), 20)';
    await start(
      'chatty',
      process.execPath,
      '-e',
      `require("http").createServer().listen(process.env.PORT); ${program}`,
    );
    window.type('/', 'chatty', 'enter');
    await window.shows(line('chatty', true));
    window.type('l');
    const shown = await window.shows('log of chatty', /line \d{2}/, 'following');
    const latest = Math.max(...[...shown.matchAll(/line (\d+)/g)].map(([, number]) => Number(number)));
    await window.shows(`line ${latest + 30}`);
    window.type('/', 'needle', 'enter');
    await window.shows('line 3 needle', 'f follow');
    window.type('n');
    await window.shows('line 3 needle');
    window.type('f');
    await window.shows('following');
    window.type('/', 'nowhere', 'enter');
    await window.shows('"nowhere" is not in the log');
    window.type('escape');
    await window.shows('following');
    window.type('escape');
    await window.shows(line('chatty', true));
    window.type('escape');
    await home.cli(['stop', 'chatty']);
    await window.shows('2 services');
  });

  test('r ends it and starts it again, and it stays selected', async () => {
    const before = (await leases()).allocations.find((each) => each.service_name === 'api')!;
    await select('api');
    window.type('r');
    await window.shows('started api', line('api', true));
    const after = (await leases()).allocations.find((each) => each.service_name === 'api')!;
    expect(after.port).toBe(before.port);
    expect(after.process_id).not.toBe(before.process_id);
    await waitFor(() => !isAlive(before.process_id!), 15_000, 'the one before to end');
  });

  test('s asks for it by its name; anything but y leaves it; y ends it and nothing else', async () => {
    await select('api');
    window.type('s');
    await window.shows(/^stop api \(port \d+\)\? y\/n$/m);
    window.type('n');
    await window.shows('q quit', line('api', true));
    expect((await leases()).allocations).toHaveLength(2);
    window.type('s');
    await window.shows(/^stop api \(port \d+\)\? y\/n$/m);
    window.type('y');
    await window.shows('stopped api', '1 service');
    expect((await leases()).allocations.map((each) => each.service_name)).toEqual(['web']);
  });

  test('what Styxy has not started is not ended, and w tells who it is', async () => {
    const outsider = await startOutsider(home.ports.last, '127.0.0.1');
    await window.shows(String(home.ports.last), 'external: no lease');
    window.type('/', String(home.ports.last), 'enter', 's');
    await window.shows('was not started by Styxy, which neither ends it');
    expect(isAlive(outsider.pid)).toBe(true);
    window.type('enter');
    await window.shows('not started by Styxy', String(outsider.pid));
    window.type('escape');
    await window.shows('esc clears it');
    window.type('escape');
    await outsider.end();
  });
});
