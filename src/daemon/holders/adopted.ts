import type { Clock } from '../../base/clock.ts';
import { portsOf, type EndReason, type Lease } from '../../domain/lease.ts';
import type { LeaseTable } from '../../domain/lease-table.ts';
import { areAllEphemeral } from '../../domain/reconcile.ts';

/**
 * A server that puts itself in the background has so long to listen on its port after its wrapper has left; and to
 * listen again, should it start anew. ms
 */
export const HEIR_GRACE_MS = 30_000;

export interface HeirParts {
  readonly leases: LeaseTable;
  /** All ports that have a listener now; undefined when the system can't tell. */
  readonly portsInUse: () => Promise<ReadonlySet<number> | undefined>;
  /** A process of the lease was seen on its port. */
  readonly wasInUse: (id: string) => boolean;
  readonly end: (id: string, reason: EndReason) => void;
  /** A clock that never jumps. ms */
  readonly uptime: Clock;
}

/** Looks after leases that were left to what their holder had started. */
export interface Heirs {
  /** @param lease whoever holds it: it may have, or have had, an heir */
  watch(lease: Lease): void;
  forget(id: string): void;
  close(): void;
}

/** Where a program of the lease serves. On ports that the system gave to whoever asked, helpers listen for their own. */
export function servingPorts({ port, driftedTo = [] }: Pick<Lease, 'port' | 'driftedTo'>): readonly number[] {
  return areAllEphemeral(driftedTo) ? [port] : portsOf({ port, driftedTo });
}

/**
 * What carries a lease's marker may be a server that is about to listen, or a helper that never will (a compiler's
 * daemon, a watcher) and may stay for hours. So heirs have to be of use: a lease whose port nobody has used for a whole
 * grace ends, though they live. One cheap look each 30 s, and only while there are heirs. After a restart of the daemon
 * the grace begins anew.
 */
export function createHeirs({ leases, portsInUse, wasInUse, end, uptime }: HeirParts): Heirs {
  const due = new Map<string, { at: number; wasServing: boolean }>();
  let timer: NodeJS.Timeout | undefined;

  function wakeForNext(): void {
    clearTimeout(timer);
    timer = undefined;
    let next = Infinity;
    for (const { at } of due.values()) next = Math.min(next, at);
    if (next === Infinity) return;
    // Timers wake up to a millisecond early.
    timer = setTimeout(() => void checkDue(), Math.max(next - uptime(), 0) + 1).unref();
  }

  async function checkDue(): Promise<void> {
    const now = uptime();
    const asked = [...due.keys()].filter((id) => (due.get(id)?.at ?? Infinity) <= now);
    const inUse = asked.length > 0 ? await portsInUse() : undefined;
    for (const id of asked) check(id, inUse);
    wakeForNext();
  }

  function check(id: string, inUse: ReadonlySet<number> | undefined): void {
    const lease = leases.get(id);
    const about = due.get(id);
    if (!about) return;
    if (!lease || !isHeirs(lease)) return void due.delete(id);
    // In doubt it serves.
    const isServing = inUse ? servingPorts(lease).some((port) => inUse.has(port)) : true;
    if (isServing || about.wasServing) {
      due.set(id, { at: uptime() + HEIR_GRACE_MS, wasServing: isServing });
      return;
    }
    due.delete(id);
    end(id, 'stale');
  }

  return {
    watch(lease) {
      if (!isHeirs(lease)) due.delete(lease.id);
      else if (!due.has(lease.id)) {
        due.set(lease.id, { at: uptime() + HEIR_GRACE_MS, wasServing: wasInUse(lease.id) });
        if (!timer) wakeForNext();
      }
    },
    forget(id) {
      if (due.delete(id) && due.size === 0) wakeForNext();
    },
    close() {
      due.clear();
      clearTimeout(timer);
    },
  };
}

const isHeirs = ({ holder }: Lease): boolean => holder.kind === 'process' && holder.isHeir === true;
