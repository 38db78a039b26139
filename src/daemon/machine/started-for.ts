import type { Clock } from '../../base/clock.ts';
import type { Lease } from '../../domain/lease.ts';
import { LEASE_MARKER, PORT_VARIABLE } from '../../protocol/lease-marker.ts';
import { isAlive, type ProcessIdentity } from '../../system/process/identity.ts';
import { isOpenedForUser } from '../../system/process/opened-for-user.ts';
import { readPidMark, youngerThan, type MayBeYounger, type PidMark } from '../../system/process/pid-order.ts';
import { findAllMarked, snapshotTree } from '../../system/process/tree.ts';

type Marked = Map<string, ProcessIdentity[]>;

/** How old the mark of a new lease may be: reading one costs as much as a tenth of a grant. */
const MARK_MS = 1000;

/** Finds what was started for a lease and lives. */
export interface ProcessFinder {
  /** The lease is new: nothing that was started before this can have its marker. */
  noteGrant(lockId: string): void;
  noteEnd(lockId: string): void;
  /** The service's process tree, and whatever carries the lease's marker; without what the user goes on using. */
  processesOf(lease: Lease): Promise<ProcessIdentity[]>;
}

/**
 * The holders of hundreds of leases may die at the same moment (a closed terminal, a killed session), so all who ask
 * before the search of the processes begins share it. Nobody shares one that has begun: a process that was forked
 * meanwhile might have been passed already.
 * @param uptime ms, of a clock that never jumps
 */
export function createProcessFinder(uptime: Clock = () => performance.now()): ProcessFinder {
  const startOf = createStartMarks(uptime);
  let next: { found: Promise<Marked>; starts: (MayBeYounger | undefined)[] } | undefined;
  let latest: Promise<unknown> = Promise.resolve();

  function search(lockId: string): Promise<Marked> {
    if (!next) {
      const starts: (MayBeYounger | undefined)[] = [];
      const found = latest.then(() => {
        next = undefined;
        return findAllMarked(LEASE_MARKER, anyOf(starts));
      });
      latest = found.catch(() => undefined);
      next = { found, starts };
    }
    next.starts.push(startOf.filter(lockId));
    return next.found;
  }

  return {
    noteGrant: startOf.note,
    noteEnd: startOf.forget,
    async processesOf({ id, service }) {
      const marked = (await search(id)).get(id) ?? [];
      const found = new Map<number, ProcessIdentity>();
      if (service?.startTime !== undefined && isAlive({ pid: service.pid, startTime: service.startTime })) {
        for (const member of snapshotTree(service.pid)) found.set(member.pid, member);
      }
      for (const member of marked) found.set(member.pid, member);
      return [...found.values()].filter(({ pid }) => !isOpenedForUser(pid, LEASE_MARKER, PORT_VARIABLE));
    },
  };
}

/** Leases by how far the kernel had got in giving out pids when, or shortly before, they were granted. */
function createStartMarks(uptime: Clock) {
  const marks = new Map<string, PidMark>();
  let current = readPidMark();
  let readAt = uptime();

  function refresh(): void {
    if (uptime() - readAt < MARK_MS) return;
    current = readPidMark();
    readAt = uptime();
  }

  return {
    note(lockId: string): void {
      if (current) marks.set(lockId, current);
      // After the answer, and for those that come later.
      if (uptime() - readAt >= MARK_MS) setImmediate(refresh);
    },
    forget: (lockId: string): void => void marks.delete(lockId),
    /** Undefined: nothing is known about the lease's start, or so long ago that the pids don't tell any more. */
    filter(lockId: string): MayBeYounger | undefined {
      const mark = marks.get(lockId);
      return mark && youngerThan(mark);
    },
  };
}

/** What may be of interest to one of them; all processes, if one of them has no filter. */
function anyOf(filters: readonly (MayBeYounger | undefined)[]): MayBeYounger | undefined {
  const known = filters.filter((filter) => filter !== undefined);
  return known.length < filters.length ? undefined : (pid) => known.some((isCandidate) => isCandidate(pid));
}
