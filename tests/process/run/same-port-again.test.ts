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

  /** Of a server that is seen to listen, and ended then: from now on its port is kept for it. */
  async function portOfServer(cwd: string, name: string): Promise<number> {
    const run = home.start(['run', '--name', name, '--', process.execPath, portServer], { cwd });
    const { port } = await serverOf(run);
    await waitFor(async () => (await home.api.check(port)).allocation?.state === 'bound', 10_000);
    run.process.kill('SIGTERM');
    await run.finished();
    await waitFor(async () => (await home.api.check(port)).allocation === null, 5000);
    return port;
  }

  test('gets the same port on each run, other worktrees and names get others', async () => {
    const [one = '', two = ''] = makeWorktrees(home.place, 2);
    const web = await portOfServer(one, 'web');
    const elsewhere = await portOfServer(two, 'web');
    const admin = await portOfServer(one, 'admin');
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
    const first = await portOfServer(home.place, 'returning');
    const outsider = await startOutsider(first, '127.0.0.1');
    const second = await portOfRun(home.place, ...options);
    expect(second).not.toBe(first);
    expect(await portOfRun(home.place, ...options), 'the fallback is kept as well').toBe(second);
    await outsider.end();
    expect(await portOfRun(home.place, ...options)).toBe(first);
  });

  test('keeps its port while it is down: a service new to this machine takes an untouched one', async () => {
    const mine = await portOfServer(home.place, 'down');
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
    // What the daemon has not seen to listen is not remembered.
    const states = async () => (await home.api.list()).allocations.map(({ state }) => state);
    await waitFor(async () => (await states()).join() === 'bound,bound', 5000);
    for (const run of [one, two]) run.process.kill('SIGTERM');
    await Promise.all([one.finished(), two.finished()]);
    await waitFor(async () => (await home.api.list()).allocations.length === 0, 5000);
    expect(await portOfRun(home.place, '--name', 'twice')).toBe(first.port);
  });
});
