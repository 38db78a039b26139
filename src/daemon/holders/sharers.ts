import type { Clock } from '../../base/clock.ts';
import type { Share } from '../../domain/lease.ts';
import type { LeaseTable } from '../../domain/lease-table.ts';
import { exists, type ProcessIdentity } from '../../system/process/identity.ts';
import type { HoldConnection } from './lifetimes.ts';

export interface SharerParts {
  readonly leases: LeaseTable;
  readonly isAlive: (process: ProcessIdentity) => boolean;
  /** What keeps the share alive is gone. */
  readonly gone: (lockId: string, shareId: string, died: boolean) => void;
  readonly clock: Clock;
}

/** Looks after those who use a lease beside its holder; the holder itself is the business of the lifetimes. */
export interface Sharers {
  watch(lockId: string, share: Share): void;
  connect(shareId: string, connection: HoldConnection): void;
  /** @returns false when the connection is nobody's here */
  disconnected(connection: HoldConnection): boolean;
  /** The share is over, or has become the holder's. @returns the connection that keeps it */
  forget(shareId: string): HoldConnection | undefined;
  check(thorough: boolean): void;
  close(): void;
}

const TICK_MS = 1000;
/** Of more processes than this only kill(pid, 0) is asked at each tick, and the start time at every n-th. */
const FEW = 25;
const TICKS_PER_IDENTITY_CHECK = 30;
/** How long a connection may take to open, or to come back after a restart of the daemon. */
const CONNECT_GRACE_MS = 3000;

interface Entry {
  readonly lockId: string;
  readonly waitUntil: number;
  connection: HoldConnection | undefined;
}

export function createSharers({ leases, isAlive, gone, clock }: SharerParts): Sharers {
  const entries = new Map<string, Entry>();
  let ticks = 0;
  let ticker: NodeJS.Timeout | undefined;

  function forget(shareId: string): HoldConnection | undefined {
    const connection = entries.get(shareId)?.connection;
    entries.delete(shareId);
    if (entries.size === 0) {
      clearInterval(ticker);
      ticker = undefined;
    }
    return connection;
  }

  function check(thorough: boolean): void {
    ticks += 1;
    const looksClosely = thorough || entries.size <= FEW || ticks % TICKS_PER_IDENTITY_CHECK === 0;
    for (const [id, entry] of entries) {
      const share = leases.get(entry.lockId)?.sharing?.others.find((other) => other.id === id);
      if (!share) forget(id);
      else if (!isThere(share, entry, looksClosely)) gone(entry.lockId, id, share.holder.kind !== 'ttl');
    }
  }

  function isThere({ holder }: Share, { connection, waitUntil }: Entry, looksClosely: boolean): boolean {
    if (holder.kind === 'ttl') return clock() < holder.expiresAt;
    if (holder.kind === 'instance') return true;
    if (holder.kind === 'process') return looksClosely ? isAlive(holder) : exists(holder.pid);
    if (connection || clock() < waitUntil) return true;
    // A stopped wrapper (Ctrl-Z, a debugger) can't reconnect and is not dead.
    const { pid, startTime } = holder;
    return pid !== undefined && startTime !== undefined && isAlive({ pid, startTime });
  }

  return {
    watch(lockId, { id }) {
      entries.set(id, {
        lockId,
        waitUntil: clock() + CONNECT_GRACE_MS,
        connection: entries.get(id)?.connection,
      });
      ticker ??= setInterval(() => check(false), TICK_MS).unref();
    },
    connect(shareId, connection) {
      const entry = entries.get(shareId);
      if (!entry) return;
      const previous = entry.connection;
      entry.connection = connection;
      previous?.close();
    },
    disconnected(connection) {
      const [id, entry] = [...entries].find(([, each]) => each.connection === connection) ?? [];
      if (id === undefined || !entry) return false;
      entry.connection = undefined;
      const share = leases.get(entry.lockId)?.sharing?.others.find((other) => other.id === id);
      // It may have been left to what it started.
      if (share?.holder.kind === 'connection') gone(entry.lockId, id, true);
      return true;
    },
    forget,
    check,
    close: () => clearInterval(ticker),
  };
}
