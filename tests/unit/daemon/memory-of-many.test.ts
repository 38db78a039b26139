import { expect, onTestFinished, test } from 'vitest';
import { assemble } from '../../../src/daemon/assemble.ts';
import type { Engine } from '../../../src/daemon/engine.ts';
import type { WireListener } from '../../../src/protocol/answers/listener.ts';
import { styxyPaths } from '../../../src/system/paths.ts';
import { bootId } from '../../../src/system/process/identity.ts';
import { quietMachine } from '../../support/machine.ts';
import { tempDir } from '../../support/temp.ts';

/** A machine on which a program listens on each of these ports, and these folders were removed. */
function machineWith(listening: ReadonlySet<number>, removed: ReadonlySet<string>) {
  const listener = (port: number): WireListener => ({
    port,
    address: '127.0.0.1',
    pid: 1000 + port,
    command: 'node server.js',
    cwd: null,
    user: null,
    project_path: null,
    branch: null,
    started_at: null,
    container: null,
  });
  return quietMachine({
    isPortFree: async (port) => !listening.has(port),
    readListeners: async () => Array.from(listening, listener),
    portsInUse: async () => new Set(listening),
    findFolder: async (path) => (removed.has(path) ? 'gone' : 'there'),
  });
}

test('with the ports of 500 worktrees remembered, a new one gets a port, and each old one its own', async () => {
  const home = tempDir();
  onTestFinished(home.remove);
  const paths = styxyPaths({ STYXY_HOME: home.path });
  const listening = new Set<number>();
  const removed = new Set<string>();
  let now = 1000;
  const start = async () => {
    const about = { paths, env: {}, boot: bootId(), previous: undefined };
    const seams = { machine: machineWith(listening, removed), clock: () => now, uptime: () => now };
    const { engine, reports, journal } = await assemble(about, seams);
    return {
      engine,
      async end() {
        engine.close();
        reports.close();
        await journal.close();
      },
    };
  };

  /** Runs a server of that worktree, from its start to its end. */
  async function serve(engine: Engine, worktree: string) {
    const body = { service_type: 'dev', service_name: 'web', project_path: worktree, ttl_ms: 60_000 };
    const { port, lock_id: id, reason } = await engine.allocate(body);
    listening.add(port);
    now += 1000;
    const { allocations } = await engine.list();
    expect(allocations).toMatchObject([{ port, state: 'bound' }]);
    listening.delete(port);
    await engine.release(id);
    return { port, code: reason?.code };
  }

  const first = await start();
  const had = new Map<string, number>();
  for (let index = 0; index < 500; index++) {
    const worktree = `/w${index}`;
    had.set(worktree, (await serve(first.engine, worktree)).port);
  }
  expect(new Set([...had.values()].slice(0, 100)).size, 'as long as there are ports, each has its own').toBe(
    100,
  );
  const counts = new Map<number, number>();
  for (const port of had.values()) counts.set(port, (counts.get(port) ?? 0) + 1);
  expect(new Set(counts.values()), 'then they are shared out evenly').toEqual(new Set([5]));
  await first.end();

  const second = await start();
  for (let index = 400; index < 450; index++) removed.add(`/w${index}`);
  const { remembered } = await second.engine.remembered();
  expect(remembered).toHaveLength(450);
  for (const worktree of ['/w0', '/w99', '/w250', '/w499'])
    expect(await serve(second.engine, worktree)).toEqual({ port: had.get(worktree), code: 'remembered' });
  const newcomer = await serve(second.engine, '/new');
  expect(newcomer.code).toBe('last_resort');
  expect(newcomer.port, 'a port of the one that is unused for longest').toBe(had.get('/w1'));
  expect(await serve(second.engine, '/new')).toEqual({ port: newcomer.port, code: 'remembered' });
  // One port is kept for five worktrees, one behind the other: all of them are gone.
  const freed = had.get('/w37');
  for (const [worktree, port] of had) if (port === freed) removed.add(worktree);
  const next = await serve(second.engine, '/newer');
  expect(next.port).toBe(freed);
  expect(next.code).not.toBe('last_resort');
  await second.end();
});
