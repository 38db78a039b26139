import type { Clock } from '../../base/clock.ts';
import { portsOf, type EndReason, type Lease } from '../../domain/lease.ts';
import type { LeaseTable } from '../../domain/lease-table.ts';

export interface DeadlineParts {
  readonly leases: LeaseTable;
  /** All ports that have a listener now; undefined when the system can't tell. */
  readonly portsInUse: () => Promise<ReadonlySet<number> | undefined>;
  readonly orphan: (lease: Lease) => void;
  readonly end: (id: string, reason: EndReason) => void;
  readonly clock: Clock;
  /** What a timer sets going has no caller to fail to. */
  readonly unfailing: (work: Promise<void>) => void;
}

/** Ends leases that are held by a deadline when it is over, those in use as soon as they are not. */
export interface Deadlines {
  /** @param at ms since the epoch */
  watch(at: number): void;
  check(): Promise<void>;
  close(): void;
}

/** When the system can't tell whether a port is in use, it is asked again after this time. */
const UNKNOWN_AGAIN_MS = 5000;
const SHORTEST_WAIT_MS = 50;
/** Longer waits don't fit a timer; waking up early does no harm. */
const LONGEST_WAIT_MS = 86_400_000;

/** One timer, for the nearest deadline. */
export function createDeadlines(parts: DeadlineParts): Deadlines {
  const { leases, clock } = parts;
  let next: { timer: NodeJS.Timeout; at: number } | undefined;

  function watch(at: number): void {
    if (next && next.at <= at) return;
    clearTimeout(next?.timer);
    const delay = Math.min(Math.max(at - clock(), SHORTEST_WAIT_MS), LONGEST_WAIT_MS);
    next = { at, timer: setTimeout(() => parts.unfailing(check()), delay).unref() };
  }

  async function check(): Promise<void> {
    clearTimeout(next?.timer);
    next = undefined;
    const due = dueLeases();
    const inUse = due.length > 0 ? await parts.portsInUse() : new Set<number>();
    for (const lease of inUse ? due : []) {
      // Not those that were released, or renewed, while we looked.
      if (leases.get(lease.id) !== lease) continue;
      if (portsOf(lease).some((port) => inUse?.has(port))) parts.orphan(lease);
      else parts.end(lease.id, 'expired');
    }
    const nearest = nearestDeadline();
    if (nearest < Infinity) watch(inUse ? nearest : clock() + UNKNOWN_AGAIN_MS);
  }

  function dueLeases(): Lease[] {
    const now = clock();
    return [...leases.all()].filter((lease) => deadlineOf(lease) <= now);
  }

  function nearestDeadline(): number {
    let nearest = Infinity;
    for (const lease of leases.all()) nearest = Math.min(nearest, deadlineOf(lease));
    return nearest;
  }

  return { watch, check, close: () => clearTimeout(next?.timer) };
}

/** Infinity for what ends otherwise. */
function deadlineOf({ holder, orphanedAt }: Lease): number {
  return holder.kind === 'ttl' && orphanedAt === undefined ? holder.expiresAt : Infinity;
}
