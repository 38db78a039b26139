import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { AllocateAnswer, CleanupAnswer } from '../../../src/protocol/allocation.ts';
import { expectError } from '../../support/complaints.ts';
import { styxyHome } from '../../support/home.ts';
import { portServer, whoIsAt, type ServerSelf } from '../../support/port-server.ts';
import { isAlive, waitFor } from '../../support/processes.ts';
import { shellQuote } from '../../support/wrapper.ts';

const NODE = process.execPath;

describe.skipIf(process.platform !== 'linux')('a server that outlives what held its lease', () => {
  const home = styxyHome();
  const leaseOf = async (lockId: string) =>
    (await home.api.list()).allocations.find(({ lock_id }) => lock_id === lockId);

  /** A server on `port` whose parent, `holder`, is killed; nothing but their kinship tied it to the lease. */
  async function orphanOf(): Promise<{ lease: AllocateAnswer; server: number }> {
    const script = `read port; PORT=$port ${shellQuote([NODE, portServer])} & wait`;
    const holder = spawn('sh', ['-c', script], { stdio: ['pipe', 'ignore', 'ignore'] });
    onTestFinished(() => void holder.kill('SIGKILL'));
    const lease = await home.json<AllocateAnswer>(['allocate', '--type', 'dev', '--pid', `${holder.pid}`]);
    holder.stdin.write(`${lease.port}\n`);
    const { pid } = await waitFor(() => whoIsAt(lease.port).catch(() => undefined), 20_000, 'the server');
    onTestFinished(() => {
      if (isAlive(pid)) process.kill(pid, 'SIGKILL');
    });
    await waitFor(async () => (await leaseOf(lease.lock_id))?.state === 'bound', 5000, 'a bound lease');
    holder.kill('SIGKILL');
    await waitFor(async () => (await leaseOf(lease.lock_id))?.state === 'orphaned', 5000, 'an orphan');
    return { lease, server: pid };
  }

  test('keeps its port as an orphan, through everything, until it ends', async () => {
    const { lease, server } = await orphanOf();
    const shown = { state: 'orphaned', actual_ports: [lease.port], listeners: [{ pid: server }] };
    expect(await leaseOf(lease.lock_id)).toMatchObject(shown);
    expectError(
      await home.cli(['allocate', '--type', 'dev', '--port', String(lease.port)]),
      75,
      'PORT_TAKEN',
    );
    expect((await home.json<CleanupAnswer>(['cleanup'])).released).toEqual([]);
    await home.killDaemon();
    await home.cli(['daemon', 'start']);
    expect(await leaseOf(lease.lock_id)).toMatchObject(shown);
    process.kill(server, 'SIGKILL');
    // Promised: 5 s.
    await waitFor(async () => !(await leaseOf(lease.lock_id)), 5000, 'the lease to end with its listener');
    const again = await home.json<AllocateAnswer>(['allocate', '--type', 'dev', '--port', `${lease.port}`]);
    expect(again.lock_id).not.toBe(lease.lock_id);
  });

  test('loses it at once to a cleanup when it has ended', async () => {
    const { lease, server } = await orphanOf();
    process.kill(server, 'SIGKILL');
    await waitFor(() => !isAlive(server), 5000, 'the server to be dead');
    const { released } = await home.json<CleanupAnswer>(['cleanup']);
    expect(await leaseOf(lease.lock_id)).toBeUndefined();
    // It may have been noticed a moment before.
    expect(released.map(({ lock_id }) => lock_id)).toEqual(released.length > 0 ? [lease.lock_id] : []);
  });
});

describe.skipIf(process.platform !== 'linux')('a server that makes itself a daemon', () => {
  const home = styxyHome();

  test('keeps its lease after the end of `styxy run`, and of the coordinator, until it ends', async () => {
    const said = join(home.place, 'said');
    const serve = `setsid ${shellQuote([NODE, portServer])} > ${shellQuote([said])} 2> /dev/null &`;
    const command = `${serve} until grep -q pid ${shellQuote([said])}; do sleep 0.05; done`;
    const exit = await home.cli(['run', '--name', 'daemonised', '--', 'sh', '-c', command]);
    expect(exit.code, exit.story).toBe(0);
    const server: ServerSelf = JSON.parse(readFileSync(said, 'utf8'));
    onTestFinished(() => {
      if (isAlive(server.pid)) process.kill(server.pid, 'SIGKILL');
    });
    const lease = async () => (await home.api.list()).allocations[0];
    const kept = {
      lock_id: server.lockId,
      port: server.port,
      state: 'bound',
      holder: { kind: 'process', pid: server.pid },
    };
    await expect.poll(lease, { timeout: 5000 }).toMatchObject(kept);
    await home.killDaemon();
    await home.cli(['daemon', 'start']);
    expect(await lease()).toMatchObject(kept);
    process.kill(server.pid, 'SIGKILL');
    await waitFor(async () => (await lease()) === undefined, 5000, 'the lease to end with its server');
  });
});
