import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { AllocateAnswer } from '../../../src/protocol/answers/lease.ts';
import { expectError } from '../../support/complaints.ts';
import { styxyHome } from '../../support/home.ts';
import { startOutsider } from '../../support/outsider.ts';
import { portServer, serverOf } from '../../support/port-server.ts';
import { waitFor } from '../../support/processes.ts';

const SEEKER = fileURLToPath(new URL('../../support/programs/port-seeker.mjs', import.meta.url));
const NODE = process.execPath;

describe('the settings of recovery', () => {
  const home = styxyHome();
  let turns = 0;

  /** The daemon works with these from here on. */
  async function setRecovery(recovery: object): Promise<void> {
    const path = join(home.path, 'config.json');
    const config = JSON.parse(readFileSync(path, 'utf8')) as object;
    writeFileSync(path, JSON.stringify({ ...config, recovery }));
    const exit = await home.cli(['daemon', 'restart']);
    expect(exit.code, exit.story).toBe(0);
  }

  /** A command whose every port an outsider takes before it does. @returns the times of its starts, in ms */
  async function beatenEachTime(options: readonly string[]) {
    const prefix = join(home.place, `go-${turns}`);
    const words = ['run', '--name', `beaten-${turns++}`, ...options, '--', NODE, SEEKER, prefix, '7'];
    const run = home.start(words);
    const taken = new Set<number>();
    const times: number[] = [];
    const next = () => {
      const ports = [...run.stdout().matchAll(/^start (\d+)$/gm)].map(([, port]) => Number(port));
      return ports.find((port) => !taken.has(port));
    };
    for (;;) {
      const port = await waitFor(
        () => next() ?? (run.process.exitCode !== null ? -1 : undefined),
        30_000,
        () => `another start, or the end; so far ${run.stdout()}${run.stderr()}`,
      );
      if (port === -1) break;
      times.push(performance.now());
      taken.add(port);
      await startOutsider(port, '127.0.0.1');
      writeFileSync(`${prefix}-${port}`, '');
    }
    const exit = await run.finished();
    expect(exit.code, exit.story).toBe(7);
    return times;
  }

  test('port_conflict.max_retries is how often a command starts again; --retries wins', async () => {
    await setRecovery({ port_conflict: { max_retries: 1 } });
    expect(await beatenEachTime([])).toHaveLength(2);
    expect(await beatenEachTime(['--retries', '2'])).toHaveLength(3);
  });

  test('port_conflict.backoff_ms and backoff_multiplier make the pauses before it', async () => {
    await setRecovery({ port_conflict: { max_retries: 2, backoff_ms: 500, backoff_multiplier: 3 } });
    const [first = 0, second = 0, third = 0] = await beatenEachTime([]);
    expect(second - first).toBeGreaterThanOrEqual(500);
    expect(third - second).toBeGreaterThanOrEqual(1500);
  });

  test('port_conflict.enabled: false makes every conflict the failure of the request', async () => {
    await setRecovery({ port_conflict: { enabled: false } });
    expect(await beatenEachTime([])).toHaveLength(1);
    const port = home.ports.first + 50;
    await startOutsider(port, '127.0.0.1');
    const wish = ['allocate', '--type', 'dev', '--prefer', String(port)];
    expectError(await home.cli(wish), 75, 'PORT_TAKEN');
    const dry = ['run', '--dry-run', '--type', 'dev', '--prefer', String(port), '--', NODE, SEEKER];
    expectError(await home.cli(dry), 75, 'PORT_TAKEN');
    const { recovery } = await home.api.status();
    expect(recovery.port_conflict).toMatchObject({ enabled: false, conflicts: 1 });
    await setRecovery({});
    const passed = await home.json<AllocateAnswer>(wish);
    expect(passed.port).not.toBe(port);
    await home.api.release(passed.lock_id);
  });

  test('health_monitoring ends what is dead after max_failures, keeps what is alive, and counts', async () => {
    const monitoring = { check_interval_ms: 100, max_failures: 2 };
    await setRecovery({ health_monitoring: monitoring });
    const run = home.start(['run', '--name', 'alive', '--', NODE, portServer]);
    const server = await serverOf(run);
    const dead = await home.api.allocate({ ttl_ms: 600_000 });
    const unused = await home.api.allocate({ ttl_ms: 600_000 });
    const listener = createServer();
    await new Promise<void>((resolve) => listener.listen(dead.port, '127.0.0.1', resolve));
    const statistics = async () => (await home.api.status()).recovery.health_monitoring;
    const { checks } = await statistics();
    await waitFor(async () => (await statistics()).checks > checks + 1, 10_000, 'two checks');
    expect(await statistics()).toMatchObject({ enabled: true, unhealthy: 0, healthy: 3 });
    listener.close();
    const ids = async () => (await home.api.list()).allocations.map(({ lock_id }) => lock_id);
    await waitFor(async () => !(await ids()).includes(dead.lock_id), 10_000, 'the dead lease to end');
    expect(await ids()).toContain(unused.lock_id);
    expect(await ids()).toContain(server.lockId);
    expect((await statistics()).released).toBe(1);
    run.process.kill('SIGTERM');
    await run.finished();
  });

  test('health_monitoring.enabled: false checks nothing; dead holders are found all the same', async () => {
    await setRecovery({ health_monitoring: { enabled: false, check_interval_ms: 100 } });
    const run = home.start(['run', '--name', 'killed', '--', NODE, portServer]);
    const { lockId } = await serverOf(run);
    run.process.kill('SIGKILL');
    const isThere = async () => (await home.api.list()).allocations.some(({ lock_id }) => lock_id === lockId);
    await waitFor(async () => !(await isThere()), 10_000, 'the lease to end');
    expect((await home.api.status()).recovery.health_monitoring).toMatchObject({
      enabled: false,
      checks: 0,
      released: 1,
    });
  });
});
