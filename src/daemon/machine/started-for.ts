import type { Lease } from '../../domain/lease.ts';
import { LEASE_MARKER } from '../../protocol/lease-marker.ts';
import { isAlive, type ProcessIdentity } from '../../system/process/identity.ts';
import { findAllMarked, snapshotTree } from '../../system/process/tree.ts';

type Marked = Map<string, ProcessIdentity[]>;

/**
 * Finds what was started for a lease and lives: the service's process tree, and whatever carries the lease's marker.
 * The holders of hundreds of leases may die at the same moment (a closed terminal, a killed session), so all who ask
 * before the search of the processes begins share it. Nobody shares one that has begun: a process that was forked
 * meanwhile might have been passed already.
 */
export function createProcessFinder(): (lease: Lease) => Promise<ProcessIdentity[]> {
  let next: Promise<Marked> | undefined;
  let latest: Promise<unknown> = Promise.resolve();

  function search(): Promise<Marked> {
    if (next) return next;
    const begun = latest.then(() => {
      next = undefined;
      return findAllMarked(LEASE_MARKER);
    });
    latest = begun.catch(() => undefined);
    return (next = begun);
  }

  return async ({ id, service }) => {
    const marked = (await search()).get(id) ?? [];
    const found = new Map<number, ProcessIdentity>();
    if (service?.startTime !== undefined && isAlive({ pid: service.pid, startTime: service.startTime })) {
      for (const member of snapshotTree(service.pid)) found.set(member.pid, member);
    }
    for (const member of marked) found.set(member.pid, member);
    return [...found.values()];
  };
}
