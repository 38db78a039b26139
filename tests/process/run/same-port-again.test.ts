import { describe, expect, test } from 'vitest';
import { styxyHome } from '../../support/home.ts';
import { startOutsider } from '../../support/outsider.ts';
import { waitFor } from '../../support/processes.ts';
import { portServer, serverOf } from '../../support/port-server.ts';
import { makeWorktrees } from '../../support/repository.ts';

describe('the same service of the same worktree', () => {
  const home = styxyHome();

  async function portOfRun(cwd: string, ...options: string[]): Promise<number> {
    const exit = await home.cli(['run', ...options, '--', process.execPath, '-p', 'process.env.PORT'], {
      cwd,
    });
    expect(exit.code, exit.story).toBe(0);
    return Number(exit.stdout);
  }

  test('gets the same port on each run, other worktrees and names get others', async () => {
    const [one = '', two = ''] = makeWorktrees(home.place, 2);
    const web = await portOfRun(one, '--name', 'web');
    const elsewhere = await portOfRun(two, '--name', 'web');
    const admin = await portOfRun(one, '--name', 'admin');
    expect(new Set([web, elsewhere, admin]).size).toBe(3);
    for (let turn = 0; turn < 2; turn++) {
      expect(await portOfRun(two, '--name', 'web')).toBe(elsewhere);
      expect(await portOfRun(one, '--name', 'admin')).toBe(admin);
      expect(await portOfRun(one, '--name', 'web')).toBe(web);
    }
    // Without a name the command itself is the name.
    const unnamed = await portOfRun(one);
    expect(await portOfRun(one)).toBe(unnamed);

    await home.killDaemon();
    expect(await portOfRun(one, '--name', 'web'), 'after SIGKILL to the daemon').toBe(web);
    await home.cli(['daemon', 'restart']);
    expect(await portOfRun(two, '--name', 'web'), 'after a restart of the daemon').toBe(elsewhere);
  });

  test('falls back while an outsider holds its port, and returns to it when he has left', async () => {
    const options = ['--name', 'returning'];
    const first = await portOfRun(home.place, ...options);
    const outsider = await startOutsider(first, '127.0.0.1');
    const second = await portOfRun(home.place, ...options);
    expect(second).not.toBe(first);
    expect(await portOfRun(home.place, ...options), 'the fallback is kept as well').toBe(second);
    await outsider.end();
    expect(await portOfRun(home.place, ...options)).toBe(first);
  });

  test('keeps its port while it is down: a service new to this machine takes an untouched one', async () => {
    const mine = await portOfRun(home.place, '--name', 'down');
    const others = await Promise.all(
      Array.from({ length: 8 }, (_, index) => portOfRun(home.place, '--name', `new-${index}`)),
    );
    expect(others).not.toContain(mine);
    expect(await portOfRun(home.place, '--name', 'down')).toBe(mine);
  });

  test('running twice at once gets a second port; each keeps its own after both have ended', async () => {
    const start = () => home.start(['run', '--name', 'twice', '--', process.execPath, portServer]);
    const one = start();
    const first = await serverOf(one);
    const two = start();
    const second = await serverOf(two);
    expect(second.port).not.toBe(first.port);
    for (const run of [one, two]) run.process.kill('SIGTERM');
    await Promise.all([one.finished(), two.finished()]);
    await waitFor(async () => (await home.api.list()).allocations.length === 0, 5000);
    expect(await portOfRun(home.place, '--name', 'twice')).toBe(first.port);
  });
});
