import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectError } from '../../support/complaints.ts';
import { styxyHome } from '../../support/home.ts';
import { waitFor } from '../../support/processes.ts';
import { gatedService } from '../../support/services.ts';

describe('styxy open', () => {
  const home = styxyHome();
  const web = gatedService(home, 'web');
  let browser = { PATH: '' };
  const opened = (): string => join(home.place, 'opened');
  let running: ReturnType<typeof home.start>;

  beforeAll(async () => {
    const programs = join(home.place, 'bin');
    mkdirSync(programs);
    // What starts the user's browser on Linux.
    writeFileSync(join(programs, 'xdg-open'), `#!/bin/sh\nprintf %s "$1" > "${opened()}"\n`);
    chmodSync(join(programs, 'xdg-open'), 0o755);
    browser = { PATH: `${programs}:${home.env['PATH']}` };
    writeFileSync(join(home.place, 'package.json'), JSON.stringify({ name: 'shop' }));
    await home.cli(['daemon', 'start']);
    running = home.start(['run', '--name', 'web', '--', ...web.command()]);
  });

  test('waits until the service listens, opens its name, and says so', async () => {
    await waitFor(async () => (await web.leases())[0], 20_000, 'the lease');
    const open = home.start(['open', 'web'], { env: { ...browser, DISPLAY: ':0' } });
    expect(existsSync(opened())).toBe(false);
    web.open();
    const exit = await open.finished();
    expect(exit.code, exit.story).toBe(0);
    const { name_url: url } = await web.bound();
    expect(url).toMatch(/^http:\/\/shop\.localhost:\d+$/);
    expect(exit.stdout).toBe(`${url}\n`);
    expect(exit.stderr).toContain('opened in the browser');
    await waitFor(() => existsSync(opened()), 20_000, 'the browser to be asked');
    expect(readFileSync(opened(), 'utf8')).toBe(url);
  });

  test('without a browser prints the address, of the only service without its name', async () => {
    const { url, name_url: name, port } = await web.bound();
    const remote = { ...browser, DISPLAY: ':0', SSH_CONNECTION: '::1 1 ::1 22' };
    const exit = await home.cli(['open', '--plain'], { env: remote });
    expect(exit).toMatchObject({ code: 0, stdout: `${url}\n` });
    expect(exit.stderr).toContain('not opened (this is an SSH session)');
    expect(await home.json(['open', 'web', '--json'], { env: browser })).toEqual({
      service_name: 'web',
      name_url: name,
      port,
      url: name,
      opened: false,
      why: 'there is no display here',
    });
  });

  test('says at once what it waits for, and how that is started', async () => {
    const open = home.start(['open', 'api', '--timeout', '1m']);
    await waitFor(() => open.stderr() !== '', 20_000, open.stderr);
    expect(open.stderr()).toBe(
      'styxy: waiting up to 60 s for api: no service of that name has a lease here; ' +
        'start it with styxy run --name api -- <command>, or see what runs with styxy list\n',
    );
    open.process.kill('SIGINT');
    await open.finished();
  });

  test('opens it by $BROWSER, and says when that can not be started', async () => {
    const mine = join(home.place, 'mine');
    const command = join(home.place, 'my-browser');
    writeFileSync(command, `#!/bin/sh\nprintf %s "$2" > "${mine}"\n`);
    chmodSync(command, 0o755);
    const exit = await home.cli(['open', 'web'], { env: { ...browser, BROWSER: `${command} --new %s` } });
    expect(exit.stderr).toContain('opened in the browser');
    expect(readFileSync(mine, 'utf8')).toBe((await web.bound()).name_url);
    const none = await home.cli(['open', 'web'], {
      env: { ...browser, BROWSER: join(home.place, 'no-such') },
    });
    expect(none).toMatchObject({ code: 0, stdout: exit.stdout });
    expect(none.stderr).toContain('not opened (neither $BROWSER nor');
  });

  test('says so when the browser, or the opener of the system, ends with an error', async () => {
    const failing = join(home.place, 'failing');
    mkdirSync(failing);
    writeFileSync(join(failing, 'xdg-open'), '#!/bin/sh\nexit 3\n', { mode: 0o755 });
    const PATH = `${failing}:${home.env['PATH']}`;
    for (const env of [{ BROWSER: 'xdg-open' }, { DISPLAY: ':0' }]) {
      const exit = await home.cli(['open', 'web'], { env: { PATH, ...env } });
      expect(exit.stderr, JSON.stringify(env)).toContain('not opened (neither $BROWSER nor');
    }
  });

  test('says what does not come', async () => {
    expectError(await home.cli(['open', 'api', '--timeout', '200ms']), 1, 'TIMED_OUT');
    running.process.kill('SIGINT');
    await running.finished();
    expectError(await home.cli(['open']), 1, 'LEASE_NOT_FOUND');
  });
});
