import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { holdLease } from '../../src/client/held-lease.ts';
import { startTestDaemon, type TestDaemon } from '../support/daemon.ts';
import { claimPorts, type PortBlock } from '../support/ports.ts';
import { bystander } from '../support/bystander.ts';
import { isAlive, waitFor } from '../support/processes.ts';

let block: PortBlock;
let daemon: TestDaemon;
beforeAll(async () => {
  block = await claimPorts();
  daemon = await startTestDaemon({
    config: { service_types: { web: { port_range: [block.first, block.last] } } },
  });
});
afterAll(async () => {
  await daemon?.[Symbol.asyncDispose]();
  await block?.[Symbol.asyncDispose]();
});
afterEach(async () => {
  for (const { lock_id } of await leases()) await daemon.coordinator.release(lock_id);
});

const leases = async () => (await daemon.coordinator.list()).allocations;
const hold = (name: string) =>
  holdLease(daemon.connection, { service_type: 'web', service_name: name, project_path: '/p' });

test('a held lease lives by its open answer, and ends with it', async () => {
  const lease = await hold('shop');
  const { lock_id, port } = lease.allocation;
  expect(lease.allocation).toMatchObject({ success: true, holder: { kind: 'connection', pid: process.pid } });
  expect(await leases()).toMatchObject([{ lock_id, port, process_id: process.pid }]);
  await lease.release();
  expect(await leases()).toEqual([]);
});

test('a connection that is cut ends the lease at once', async () => {
  const body = { service_type: 'web', hold: true, process_id: process.pid };
  const stream = await daemon.connection.hold({ method: 'POST', path: '/allocate', body });
  expect(await leases()).toHaveLength(1);
  stream.close();
  await waitFor(async () => (await leases()).length === 0, 1000, 'the lease to end');
});

test.each([
  ['says which process it is', process.pid],
  ['does not', undefined],
])('whoever lives on after its answer was closed keeps what it started, if it %s', async (_, pid) => {
  const child = bystander();
  const body = { service_type: 'web', hold: true, process_id: pid };
  const stream = await daemon.connection.hold({ method: 'POST', path: '/allocate', body });
  const [lease] = await leases();
  await daemon.coordinator.attach(lease?.lock_id ?? '', { process_id: child.pid });
  stream.close();
  await waitFor(async () => (await leases()).length === 0, 5000, 'the lease to end');
  expect(isAlive(child.pid)).toBe(true);
});

test('the holder hears that somebody else has ended its lease', async () => {
  const lease = await hold('shop');
  const reason = new Promise<string>((resolve) => lease.onLost(resolve));
  await daemon.coordinator.release(lease.allocation.lock_id);
  expect(await reason).toBe('released');
});

test('many who hold at once have as many ports, and leave nothing behind', async () => {
  const held = await Promise.all(Array.from({ length: 50 }, (_, index) => hold(`s${index}`)));
  expect(new Set(held.map(({ allocation }) => allocation.port)).size).toBe(50);
  await Promise.all(held.map((lease) => lease.release()));
  expect(await leases()).toEqual([]);
});

test('no lease is lost when the daemon is killed, and none that was released comes back', async () => {
  const held = await hold('shop');
  const kept = await daemon.coordinator.allocate({
    service_type: 'web',
    process_id: process.pid,
    service_name: 'db',
  });
  const released = await daemon.coordinator.allocate({ service_type: 'web' });
  await daemon.coordinator.release(released.lock_id);
  const before = (await leases()).toSorted((a, b) => a.port - b.port);
  expect(await daemon.end('SIGKILL')).toEqual({ code: null, signal: 'SIGKILL' });
  await daemon.restart();
  expect((await leases()).toSorted((a, b) => a.port - b.port)).toEqual(before);
  expect(before.map(({ lock_id }) => lock_id).toSorted()).toEqual(
    [held.allocation.lock_id, kept.lock_id].toSorted(),
  );
  await held.release();
  await expect.poll(leases).toMatchObject([{ lock_id: kept.lock_id }]);
});

test('a holder that lost its daemon goes on with the same lease at the next one', async () => {
  const held = await hold('shop');
  let lost: string | undefined;
  held.onLost((reason) => (lost = reason));
  await daemon.end('SIGKILL');
  await daemon.restart();
  const { lock_id, port } = held.allocation;
  // Three seconds after its start the daemon gives up on holders that did not come back.
  const patience = Date.now() + 4500;
  await waitFor(async () => Date.now() > patience, 6000, 'the grace to be over');
  expect(await leases()).toMatchObject([{ lock_id, port, holder: { kind: 'connection' } }]);
  expect(lost).toBeUndefined();
  await held.release();
  expect(await leases()).toEqual([]);
});

test('a daemon that is asked to end leaves its leases to the next one', async () => {
  const { lock_id } = await daemon.coordinator.allocate({ service_type: 'web', process_id: process.pid });
  expect(await daemon.end('SIGTERM')).toEqual({ code: 0, signal: null });
  await expect(daemon.coordinator.list()).rejects.toMatchObject({
    code: 'DAEMON_UNREACHABLE',
    details: { running: false },
  });
  await daemon.restart();
  expect(await leases()).toMatchObject([{ lock_id }]);
});
