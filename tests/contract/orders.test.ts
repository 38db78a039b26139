import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bystander } from '../support/bystander.ts';
import { describeCoordinator } from '../support/coordinators.ts';
import { startTestDaemon, type TestDaemon } from '../support/daemon.ts';
import { claimPorts, type PortBlock } from '../support/ports.ts';
import { isAlive, waitFor } from '../support/processes.ts';
import { leaseOfRun } from '../support/run-lease.ts';

describeCoordinator('an order', (styxy) => {
  test('to stop what only a deadline keeps ends the lease, and says that no process was ended', async () => {
    const { lock_id, port } = await styxy.allocate({ service_type: 'web', ttl_ms: 60_000 });
    expect(await styxy.stop(lock_id)).toMatchObject({
      success: true,
      port,
      state: 'released',
      only_released: true,
    });
    expect((await styxy.list()).allocations).toEqual([]);
  });

  test('does nothing to a process that somebody has named', async () => {
    const named = bystander();
    const { lock_id } = await styxy.allocate({ service_type: 'web', process_id: named.pid });
    for (const order of ['stop', 'restart'] as const)
      await expect(styxy[order](lock_id)).rejects.toMatchObject({ code: 'TAKES_NO_ORDERS' });
    expect(isAlive(named.pid)).toBe(true);
    expect((await styxy.list()).allocations).toHaveLength(1);
  });

  test.skipIf(process.platform !== 'linux')('is no question: what runs with a lease is told', async () => {
    const named = bystander();
    const { lock_id } = await styxy.allocate({ service_type: 'web', process_id: named.pid });
    await styxy.allocate({ service_type: 'web', ttl_ms: 60_000 });
    const { usages } = await styxy.usage();
    expect(usages).toMatchObject([{ lock_id, processes: 1 }]);
    expect(usages[0]?.memory).toBeGreaterThan(1_000_000);
  });

  test('is refused where there is no such lease, or no log', async () => {
    for (const ask of [styxy.stop, styxy.restart, styxy.log])
      await expect(ask('nothing')).rejects.toMatchObject({ code: 'LEASE_NOT_FOUND' });
    const { lock_id } = await styxy.allocate({ service_type: 'web', ttl_ms: 60_000 });
    await expect(styxy.log(lock_id)).rejects.toMatchObject({ code: 'NOT_LOGGED' });
  });
});

describe('a run', () => {
  const state: { block?: PortBlock; daemon?: TestDaemon } = {};
  beforeAll(async () => {
    const block = (state.block = await claimPorts());
    state.daemon = await startTestDaemon({
      config: { service_types: { web: { port_range: [block.first, block.last] } } },
    });
  });
  afterAll(async () => {
    await state.daemon?.[Symbol.asyncDispose]();
    await state.block?.[Symbol.asyncDispose]();
  });

  test('hears what is asked of it, and its log is read on from where it was', async () => {
    const { coordinator } = state.daemon!;
    const lease = await leaseOfRun(state.daemon!, 'web');
    const { lock_id: id } = lease.allocation;
    expect(await coordinator.restart(id)).toMatchObject({ lock_id: id, state: 'granted' });
    await waitFor(() => lease.orders.length > 0, 5000, 'the order');
    expect(lease.orders).toEqual(['restart']);
    const log = await coordinator.log(id, { lines: 1 });
    expect(log).toMatchObject({ service_name: 'held', lines: ['two'], next: 8 });
    expect(await coordinator.log(id, { from: log.next })).toMatchObject({ lines: [] });
    expect(await coordinator.stop(id)).toMatchObject({ state: 'released', only_released: false });
    expect(lease.orders).toEqual(['restart', 'stop']);
  });

  test('of several programs is told as a whole, and the answer names the others', async () => {
    const { coordinator } = state.daemon!;
    const { allocation } = await leaseOfRun(state.daemon!, 'web');
    const other = await leaseOfRun(state.daemon!, 'web');
    const { lock_id, port, service_name } = other.allocation;
    const along = [{ lock_id, port, service_name }];
    expect(await coordinator.restart(allocation.lock_id)).toMatchObject({ success: true, along });
    expect(await coordinator.stop(allocation.lock_id)).toMatchObject({ success: true, along });
    await other.release();
  });
});
