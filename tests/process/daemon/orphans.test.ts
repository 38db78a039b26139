import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { AllocateAnswer } from '../../../src/protocol/answers/lease.ts';
import type { CleanupAnswer } from '../../../src/protocol/answers/status.ts';
import { expectError } from '../../support/complaints.ts';
import { styxyHome } from '../../support/home.ts';
import { portServer, whoIsAt, type ServerSelf } from '../../support/port-server.ts';
import { isAlive, waitFor } from '../../support/processes.ts';
import { shellQuote } from '../../support/wrapper.ts';

const NODE = process.execPath;
const gatedServer = fileURLToPath(new URL('../../support/programs/gated-server.mjs', import.meta.url));

describe.skipIf(process.platform !== 'linux')('a server that outlives what held its lease', () => {
  const home = styxyHome();
  const leaseOf = async (lockId: string) =>
    (await home.api.list()).allocations.find(({ lock_id }) => lock_id === lockId);

  /** A server on `port` whose parent, `holder`, is killed; nothing but its parent tied it to the lease. */
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

  /** `styxy run` ends at once; what it started in the background listens when the file `gate` is there. */
  async function startSlowServer(name: string): Promise<{ gate: string; pid: number }> {
    const gate = join(home.place, `${name}.gate`);
    const serve = `setsid ${shellQuote([NODE, gatedServer, gate])} > /dev/null 2>&1 &`;
    const exit = await home.cli(['run', '--name', name, '--', 'sh', '-c', serve]);
    expect(exit.code, exit.story).toBe(0);
    expect(exit.stdout).toBe('');
    const starts = await waitFor(() => textOf(`${gate}.starts`), 20_000, 'the server to be started');
    const pid = Number(starts);
    onTestFinished(() => {
      if (isAlive(pid)) process.kill(pid, 'SIGKILL');
    });
    return { gate, pid };
  }

  const leaseCalled = async (name: string) =>
    (await home.api.list()).allocations.find(({ service_name }) => service_name === name);

  test('keeps its lease also when it listens only after `styxy run` has ended', async () => {
    const { gate, pid } = await startSlowServer('slow');
    expect(await leaseCalled('slow')).toMatchObject({ state: 'granted', holder: { kind: 'process' } });
    await home.killDaemon();
    await home.cli(['daemon', 'start']);
    const waiting = await leaseCalled('slow');
    expect(waiting).toMatchObject({ state: 'granted', holder: { kind: 'process', pid } });
    writeFileSync(gate, '');
    const waited = await home.cli(['wait', String(waiting?.port)]);
    expect(waited.code, waited.story).toBe(0);
    expect(await leaseCalled('slow')).toMatchObject({
      state: 'bound',
      holder: { pid },
      listeners: [{ port: waiting?.port, pid }],
    });
    process.kill(pid, 'SIGKILL');
    await waitFor(async () => !(await leaseCalled('slow')), 5000, 'the lease to end with its server');
  });

  test('is ended by `styxy stop` before it listens, too', async () => {
    const { pid } = await startSlowServer('stopped');
    const exit = await home.cli(['stop', 'stopped']);
    expect(exit.code, exit.story).toBe(0);
    expect(isAlive(pid)).toBe(false);
    expect(await leaseCalled('stopped')).toBeUndefined();
  });
});

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
