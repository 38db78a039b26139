import type { Hold, Lease } from '../../domain/lease.ts';
import { servingPorts } from '../../domain/reconcile.ts';
import { createWakeTimer } from '../../system/wake-timer.ts';
import type { HoldersContext } from './context.ts';
import { ADOPTED_GRACE_MS } from './facts.ts';
import { settle, type EndedHold } from './settle.ts';

/** A lease with an adopted process is checked again at `dueAt`; `wasServing`: it was in use at the last check. */
interface Check {
  readonly dueAt: number;
  readonly wasServing: boolean;
}

/**
 * What carries a lease's marker may be a server that is about to listen, or a helper that never will (a compiler's
 * daemon, a watcher) and may stay for hours. So adopted processes have to use their port: a lease whose port nothing
 * has used for a whole grace ends, though they live. One cheap reading each 30 s, and only while there are any. After a
 * restart of the daemon the grace begins anew.
 */
export function watchAdopted(context: HoldersContext): { close(): void } {
  const { state, ledger, occupancy, uptime } = context;
  const checks = new Map<string, Check>();
  const timer = createWakeTimer(uptime, () => void checkDue());

  function expect(id: string, wasServing: boolean): void {
    const dueAt = uptime() + ADOPTED_GRACE_MS;
    checks.set(id, { dueAt, wasServing });
    timer.at(dueAt);
  }

  async function checkDue(): Promise<void> {
    const now = uptime();
    const due = [...checks].filter(([, { dueAt }]) => dueAt <= now);
    const inUse = due.length > 0 ? await occupancy.ports() : undefined;
    const unused = due.flatMap(([id, check]) => checkOne(id, check, inUse) ?? []);
    for (const { dueAt } of checks.values()) timer.at(dueAt);
    await settle(context, unused);
  }

  function checkOne(id: string, check: Check, inUse: ReadonlySet<number> | undefined): EndedHold | undefined {
    const lease = state.leases.get(id);
    const hold = lease && adoptedHold(lease);
    if (!hold || checks.get(id) !== check) return undefined;
    // Assume it serves when the listeners can't be read.
    const isServing = inUse ? servingPorts(lease).some((port) => inUse.has(port)) : true;
    checks.delete(id);
    if (!isServing && !check.wasServing) return { lockId: id, hold, ended: 'unused' };
    expect(id, isServing);
    return undefined;
  }

  ledger.subscribe({
    changed(lease) {
      if (!adoptedHold(lease)) checks.delete(lease.id);
      else if (!checks.has(lease.id)) expect(lease.id, context.states.wasInUse(lease.id));
    },
    ended({ id }) {
      if (checks.delete(id) && checks.size === 0) timer.clear();
    },
  });
  return { close: timer.clear };
}

const adoptedHold = ({ holds }: Lease): Hold | undefined =>
  holds.find(({ holder }) => holder.kind === 'process' && holder.isAdopted);
