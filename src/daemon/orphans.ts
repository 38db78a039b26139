import type { Lease } from '../domain/lease.ts';
import { LEASE_MARKER } from '../protocol/lease-marker.ts';
import { isAlive, type ProcessIdentity } from '../system/process/identity.ts';
import { findMarked, snapshotTree } from '../system/process/tree.ts';

/** What was started for a lease and lives: the service's process tree, and whatever carries the lease's marker. */
export async function processesOf({ id, service }: Lease): Promise<ProcessIdentity[]> {
  const found = new Map<number, ProcessIdentity>();
  if (service?.startTime !== undefined && isAlive({ pid: service.pid, startTime: service.startTime })) {
    for (const process of snapshotTree(service.pid)) found.set(process.pid, process);
  }
  for (const process of await findMarked(LEASE_MARKER, id)) found.set(process.pid, process);
  return [...found.values()];
}
