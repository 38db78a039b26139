import type { Clock } from '../../base/clock.ts';
import { StyxyError } from '../../base/styxy-error.ts';
import {
  heldByHeir,
  type EndReason,
  type Holder,
  type Lease,
  type ServiceProcess,
  type Share,
} from '../../domain/lease.ts';
import type { LeaseTable } from '../../domain/lease-table.ts';
import type { LeaseRequest } from '../../domain/request.ts';
import {
  isShared,
  shareOf,
  sharesOf,
  shareToRelease,
  withoutShare,
  withShare,
  type Leaver,
  type SharedLease,
} from '../../domain/sharing.ts';
import type { ProcessIdentity } from '../../system/process/identity.ts';
import type { HoldConnection, Lifetimes } from './lifetimes.ts';
import { createSharers } from './sharers.ts';

export interface SharedLeaseParts {
  readonly leases: LeaseTable;
  readonly lifetimes: Pick<Lifetimes, 'watch' | 'passOn'>;
  readonly isAlive: (process: ProcessIdentity) => boolean;
  readonly newId: () => string;
  readonly clock: Clock;
  /** Writes a changed lease down, then makes it so. @throws StyxyError STATE_UNWRITABLE */
  readonly change: (lease: Lease) => void;
  /** The same for what has happened already, and is true whether or not it can be written down. */
  readonly changeAnyway: (lease: Lease) => void;
}

/** Who uses which lease of a service that runs once. */
export interface SharedLeases {
  /** One more, or one of them again. @returns the lease and the asker's share */
  join(lease: SharedLease, request: LeaseRequest, asker: Returning): { lease: SharedLease; share: string };
  /** Somebody else than this asker runs the service, or what he left running is still there. */
  isServedForOthers(lease: SharedLease, request: LeaseRequest, asker: Returning): boolean;
  /** @returns false when the connection is that of the lease's own holder */
  hold(lockId: string, connection: HoldConnection, shareId: string | undefined): boolean;
  disconnected(connection: HoldConnection): boolean;
  /** Takes one share out. @returns the lease that goes on; undefined when that was the last share */
  release(lease: SharedLease, leaver: Leaver): SharedLease | undefined;
  /** Asked before a lease ends by itself. @returns whether somebody else goes on with it */
  goesOn(lockId: string, reason: EndReason): boolean;
  /** The last one is gone, and what a dead holder left behind may still run: that is looked after like any other. */
  leaveToDeceased(lease: SharedLease): SharedLease | undefined;
  /** The lease as it is when the leaver's server has made itself a daemon and keeps its part. */
  bequeath(lease: SharedLease, shareId: string, heir: ProcessIdentity): SharedLease;
  /** The lease as it is when a sharer says which program it started. */
  served(lease: SharedLease, service: ServiceProcess, shareId: string | undefined): Lease;
  /** Nobody is to find this lease any more; those who have it keep it. */
  hide(lockId: string): void;
  instanceGone(instanceId: string): void;
  /** The lease has ended for everybody. */
  ended(lease: Lease, reason: EndReason): void;
  resume(lease: Lease): void;
  check(): void;
  close(): void;
}

/** An asker that has had a share before says so. */
export interface Returning {
  readonly share: string | undefined;
  readonly returns: boolean;
}

export function createSharedLeases(parts: SharedLeaseParts): SharedLeases {
  const { leases, lifetimes, isAlive, change, changeAnyway } = parts;
  const sharers = createSharers({
    leases,
    isAlive,
    clock: parts.clock,
    gone(lockId, shareId, died) {
      const lease = sharedAt(lockId);
      if (lease) leave(lease, shareId, { died, write: changeAnyway });
    },
  });

  function sharedAt(lockId: string): SharedLease | undefined {
    const lease = leases.get(lockId);
    return lease && isShared(lease) ? lease : undefined;
  }

  function leave(
    lease: SharedLease,
    shareId: string,
    { died = false, write = change } = {},
  ): SharedLease | undefined {
    const next = withoutShare(lease, shareId, died);
    if (!next || next === lease) return next;
    if (shareId !== lease.sharing.self) {
      write(next);
      sharers.forget(shareId)?.close();
      return next;
    }
    const passed = { ...next, service: aliveService(next), orphanedAt: undefined };
    write(passed);
    lifetimes.passOn(passed, sharers.forget(passed.sharing.self));
    return passed;
  }

  /** Its connection ended before its last word arrived, and was taken for its death. */
  function forgiven(lease: SharedLease): SharedLease {
    if (!lease.sharing.deceased) return lease;
    const next = { ...lease, sharing: { ...lease.sharing, deceased: undefined } };
    change(next);
    return next;
  }

  function aliveService({ service }: Lease): ServiceProcess | undefined {
    const startTime = service?.startTime;
    return service && startTime !== undefined && isAlive({ pid: service.pid, startTime })
      ? service
      : undefined;
  }

  function leaveToDeceased(lease: SharedLease): SharedLease | undefined {
    const { deceased } = lease.sharing;
    if (!deceased) return undefined;
    const next = { ...lease, holder: deceased, sharing: { ...lease.sharing, deceased: undefined } };
    changeAnyway(next);
    lifetimes.passOn(next, undefined);
    return next;
  }

  return {
    join(lease, request, { share, returns }) {
      const { holder, requestId } = request;
      const known = shareOf(lease, { share, requestId, holder, returns });
      if (known && keepsItsHolder(known.holder, holder)) return { lease, share: known.id };
      if (known?.id === lease.sharing.self) {
        const renewed = { ...lease, holder, orphanedAt: undefined };
        change(renewed);
        lifetimes.watch(renewed);
        return { lease: renewed, share: known.id };
      }
      const own = known ?? shareFor(request, (returns ? share : undefined) ?? parts.newId());
      const { servedBy = request.sharing?.servedBy && own.id } = lease.sharing;
      const joined = withShare({ ...lease, sharing: { ...lease.sharing, servedBy } }, { ...own, holder });
      if (lease.orphanedAt !== undefined) {
        // Its holder has gone, and something still uses the port: who comes now holds it.
        const held = { ...(withoutShare(joined, lease.sharing.self) ?? joined), orphanedAt: undefined };
        change(held);
        lifetimes.passOn(held, undefined);
        return { lease: held, share: own.id };
      }
      change(joined);
      sharers.watch(lease.id, own);
      return { lease: joined, share: own.id };
    },

    isServedForOthers(lease, { holder, requestId }, { share, returns }) {
      const own = shareOf(lease, { share, requestId, holder, returns });
      if (own) return false;
      const { servedBy } = lease.sharing;
      return servedBy !== undefined || lease.orphanedAt !== undefined || aliveService(lease) !== undefined;
    },

    hold(lockId, connection, shareId) {
      const lease = sharedAt(lockId);
      if (!lease || shareId === undefined || shareId === lease.sharing.self) return false;
      if (lease.sharing.others.some(({ id }) => id === shareId)) sharers.connect(shareId, connection);
      else {
        connection.send({ event: 'ended', reason: 'released' });
        connection.close();
      }
      return true;
    },
    disconnected: sharers.disconnected,

    release(lease, leaver) {
      const share = shareToRelease(lease, leaver);
      if (share) return leave(lease, share.id);
      if (leaver.share === undefined) throw stillUsed(lease);
      return forgiven(lease);
    },

    goesOn(lockId, reason) {
      const lease = sharedAt(lockId);
      if (!lease) return false;
      if (lease.sharing.others.length === 0) {
        return reason === 'expired' && leaveToDeceased(lease) !== undefined;
      }
      leave(lease, lease.sharing.self, { died: reason === 'holder_gone', write: changeAnyway });
      return true;
    },
    leaveToDeceased,

    bequeath(lease, shareId, heir) {
      const holder = heldByHeir(heir);
      if (shareId === lease.sharing.self) return { ...lease, holder, service: heir };
      const [first, ...rest] = sharesOf(lease);
      const share = { ...(rest.find(({ id }) => id === shareId) ?? first), id: shareId, holder };
      sharers.watch(lease.id, share);
      return { ...withShare(lease, share), service: heir };
    },

    served(lease, service, shareId = lease.sharing.self) {
      // The first who serves keeps the part as long as its program lives.
      const isServed = lease.sharing.servedBy !== shareId && aliveService(lease) !== undefined;
      return isServed ? lease : { ...lease, service, sharing: { ...lease.sharing, servedBy: shareId } };
    },

    hide(lockId) {
      const lease = sharedAt(lockId);
      if (lease) changeAnyway({ ...lease, sharing: { ...lease.sharing, key: undefined } });
    },

    instanceGone(instanceId) {
      for (const lease of [...leases.all()].filter(isShared)) {
        const share = lease.sharing.others.find(
          ({ holder }) => holder.kind === 'instance' && holder.id === instanceId,
        );
        if (share) leave(lease, share.id, { write: changeAnyway });
      }
    },

    ended({ sharing }, reason) {
      for (const { id } of sharing?.others ?? []) {
        const connection = sharers.forget(id);
        connection?.send({ event: 'ended', reason });
        connection?.close();
      }
    },
    resume(lease) {
      for (const share of lease.sharing?.others ?? []) sharers.watch(lease.id, share);
    },
    check: () => sharers.check(true),
    close: sharers.close,
  };
}

/** What was left to a server that made itself a daemon is not taken back by the wrapper's connection. */
function keepsItsHolder(known: Holder, asked: Holder): boolean {
  return known.kind === 'process' && asked.kind === 'connection';
}

function shareFor(request: LeaseRequest, id: string): Share {
  const { holder, project, branch, instance, command, requestId } = request;
  return { id, holder, project, branch, instance, command, requestId };
}

function stillUsed(lease: SharedLease): StyxyError {
  const count = sharesOf(lease).length;
  return new StyxyError('LEASE_SHARED', `port ${lease.port} is used by ${count} programs`, {
    why: 'each of them keeps the lease by a connection of its own, which ends with the program',
    details: { port: lease.port, lock_id: lease.id, sharers: count },
  });
}
