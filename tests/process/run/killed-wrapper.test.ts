import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { styxyHome } from '../../support/home.ts';
import { journalAt } from '../../support/journal.ts';
import { startOutsider } from '../../support/outsider.ts';
import { bareStart } from '../../support/pace.ts';
import { isAlive, waitFor } from '../../support/processes.ts';
import { portServer, serverOf, whoIsAt } from '../../support/port-server.ts';
import { rounds } from '../../support/runs.ts';
import { shellQuote } from '../../support/wrapper.ts';

const TREE = fileURLToPath(new URL('../../support/programs/process-tree.mjs', import.meta.url));
const NODE = process.execPath;
/** Promised: 1 s, where a bare Node start takes 40 ms. */
const MOST_STARTS = 25;

describe.skipIf(process.platform !== 'linux')('SIGKILL to `styxy run`', () => {
  const home = styxyHome({ settings: { end_grace_ms: 200 } });
  let families = 0;

  /** A shell, a program below it, its server, and a helper that made itself a daemon; all with their pids. */
  async function startFamily(name: string, manners: string) {
    const journal = journalAt(join(home.place, `${name}.journal`));
    const program = shellQuote([NODE, TREE, journal.file, manners]);
    const run = home.start(['run', '--name', name, '--', 'sh', '-c', `${program} & wait`]);
    const roles = ['parent', 'server', 'helper'];
    const pids = await Promise.all(roles.map(async (role) => (await journal.until(role)).pid));
    const lease = await waitFor(
      async () =>
        (await home.api.list()).allocations.find(
          (each) => each.service_name === name && each.state === 'bound',
        ),
      10_000,
      `${name} to be bound`,
    );
    return { run, pids: [...pids, lease.process_id ?? -1], lease };
  }

  test.each([
    ['that ends at SIGTERM', 'polite'],
    ['that ignores SIGTERM', 'ignore-term'],
  ])(
    "frees the port and ends the child's tree %s, also what left the tree, in under 1 s",
    async (_, manners) => {
      const times: number[] = [];
      const starts: number[] = [];
      for (let round = 0; round < 3; round++) {
        // Another name for another try of this test: the family writes into a file of that name.
        const name = `${manners}-${(families += 1)}`;
        const { run, pids, lease } = await startFamily(name, manners);
        expect(pids.every(isAlive), `${pids.join(' ')} live`).toBe(true);
        const killedAt = performance.now();
        run.process.kill('SIGKILL');
        await waitFor(
          async () => pids.every((pid) => !isAlive(pid)) && (await home.api.check(lease.port)).available,
          5000,
          () => `${pids.filter(isAlive).join(' ')} to end and port ${lease.port} to be free`,
        );
        times.push(performance.now() - killedAt);
        starts.push(await bareStart());
        const next = await home.json<{ port: number }>([
          'allocate',
          '--type',
          'dev',
          '--port',
          `${lease.port}`,
        ]);
        expect(next.port).toBe(lease.port);
        expect((await home.cli(['release', String(lease.port)])).code).toBe(0);
      }
      console.log(`freed after SIGKILL (${manners}): ${times.map((ms) => ms.toFixed(0)).join(', ')} ms`);
      expect(Math.min(...times) / Math.max(...starts)).toBeLessThan(MOST_STARTS);
    },
  );

  test('leaves the port to an outsider who holds it, and does not end him', async () => {
    const run = home.start(['run', '--name', 'quiet', '--', 'sleep', '90']);
    const lease = await waitFor(
      async () => (await home.api.list()).allocations.find(({ service_name: name }) => name === 'quiet'),
      20_000,
      'the lease',
    );
    const outsider = await startOutsider(lease.port, '127.0.0.1');
    run.process.kill('SIGKILL');
    await waitFor(async () => (await home.api.list()).allocations.length === 0, 5000, 'the lease to end');
    expect(isAlive(outsider.pid)).toBe(true);
    const refused = await home.cli(['allocate', '--type', 'dev', '--port', String(lease.port)]);
    expect(refused.code, refused.story).toBe(75);
    await outsider.end();
  });

  test('at any moment of its start leaves neither a process nor a lease behind', async () => {
    const atOnce = 6;
    for (let round = 0; round < rounds(6); round++) {
      await Promise.all(
        Array.from({ length: atOnce }, async () => {
          const run = home.start(['run', '--', 'sh', '-c', `${shellQuote([NODE, portServer])} & wait`]);
          // The moment is what is tested here: it falls before, into or after each step of the start.
          await new Promise((resolve) => setTimeout(resolve, 100 + Math.random() * 500));
          run.process.kill('SIGKILL');
          await waitFor(() => !isAlive(run.pid), 5000, 'the wrapper to be dead');
        }),
      );
      const daemons = home.daemons();
      const left = () => home.processes().filter(({ pid }) => !daemons.includes(pid));
      await waitFor(
        () => left().length === 0,
        5000,
        () =>
          `these to end: ${left()
            .map(({ pid, command }) => `${pid} ${command}`)
            .join('; ')}`,
      );
      await waitFor(async () => (await home.api.list()).allocations.length === 0, 5000, 'every lease to end');
    }
  });
});

describe.skipIf(process.platform !== 'linux')('SIGKILL to `styxy run` and to the daemon', () => {
  const home = styxyHome();

  async function startServer(name: string) {
    const run = home.start(['run', '--name', name, '--', NODE, portServer]);
    return { run, self: await serverOf(run) };
  }

  const isLeased = async (port: number) =>
    (await home.api.list()).allocations.some((allocation) => allocation.port === port);

  test('at the same time: the next daemon ends what was left and frees the port; a stopped wrapper keeps his', async () => {
    const [dead, stopped] = await Promise.all([startServer('dead'), startServer('stopped')]);
    stopped.run.process.kill('SIGSTOP');
    dead.run.process.kill('SIGKILL');
    await home.killDaemon();
    expect(isAlive(dead.self.pid)).toBe(true);

    await home.cli(['daemon', 'start']);
    // Wrappers get a grace to come back; the dead one's lease ends with it.
    await waitFor(async () => !(await isLeased(dead.self.port)), 15_000, "the dead wrapper's lease to end");
    await waitFor(() => !isAlive(dead.self.pid), 5000, 'its server to end');
    expect(await isLeased(stopped.self.port), 'the lease of a wrapper that can not answer now').toBe(true);
    expect(isAlive(stopped.self.pid)).toBe(true);

    stopped.run.process.kill('SIGCONT');
    stopped.run.process.kill('SIGTERM');
    await stopped.run.finished();
    await waitFor(async () => !(await isLeased(stopped.self.port)), 5000, 'the other lease to end');
  });
});

describe.skipIf(process.platform !== 'linux')(
  'SIGKILL to `styxy run` under "on_wrapper_death": "adopt"',
  () => {
    const home = styxyHome();

    test('leaves the server running: the lease follows it, and ends with it', async () => {
      const config = {
        on_wrapper_death: 'adopt',
        service_types: { dev: { port_range: [home.ports.first, home.ports.last] } },
      };
      writeFileSync(join(home.path, 'config.json'), JSON.stringify(config));
      const run = home.start(['run', '--name', 'web', '--', NODE, portServer]);
      const self = await serverOf(run);
      run.process.kill('SIGKILL');
      const adopted = await waitFor(
        async () => (await home.api.list()).allocations.find(({ holder }) => holder.kind === 'process'),
        5000,
        'the lease to be adopted',
      );
      expect(adopted).toMatchObject({ lock_id: self.lockId, port: self.port, holder: { pid: self.pid } });
      expect(await whoIsAt(self.port)).toEqual(self);
      process.kill(self.pid, 'SIGKILL');
      await waitFor(async () => (await home.api.list()).allocations.length === 0, 5000, 'the lease to end');
    });
  },
);
