import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { holdLease, type HeldLease, type HoldOrder } from '../../src/client/held-lease.ts';
import { serviceLogPath } from '../../src/system/service-log.ts';
import type { TestDaemon } from './daemon.ts';

export interface RunLease extends HeldLease {
  readonly orders: readonly HoldOrder[];
}

/** A lease as a run in the background has it: it takes orders, ends when it is told to stop, and has a log. */
export async function leaseOfRun(
  { connection, paths }: Pick<TestDaemon, 'connection' | 'paths'>,
  type = 'dev',
): Promise<RunLease> {
  const [project, name] = ['/of/a/run', 'held'];
  const lease = await holdLease(connection, {
    service_type: type,
    service_name: name,
    project_path: project,
    takes_orders: true,
  });
  const orders: HoldOrder[] = [];
  lease.onOrder((order) => {
    orders.push(order);
    if (order === 'stop') void lease.release();
  });
  const log = serviceLogPath(paths, project, name);
  mkdirSync(dirname(log), { recursive: true });
  writeFileSync(log, 'one\ntwo\n');
  return { ...lease, orders };
}
