import { holdOf } from '../../domain/holds.ts';
import { createWakeTimer } from '../../system/wake-timer.ts';
import type { Deadlines, HoldersContext } from './context.ts';
import { settleUnasked, type EndedHold } from './settle.ts';

export function createDeadlines({ clock, uptime }: Pick<HoldersContext, 'clock' | 'uptime'>): Deadlines {
  const known = new Map<string, { expiresAt: number; dueAt: number }>();
  return {
    dueAt(holdId, expiresAt) {
      const before = known.get(holdId);
      if (before?.expiresAt === expiresAt) return before.dueAt;
      const dueAt = uptime() + expiresAt - clock();
      known.set(holdId, { expiresAt, dueAt });
      return dueAt;
    },
    forget: (holdId) => void known.delete(holdId),
  };
}

/** Ends holds when their deadline is over. One timer, for the nearest. */
export function watchDeadlines(context: HoldersContext): { close(): void } {
  const { state, ledger, uptime, deadlines } = context;
  const timer = createWakeTimer(uptime, checkAll);

  function checkAll(): void {
    const due: EndedHold[] = [];
    for (const lease of state.leases.all()) {
      if (lease.orphanedAt !== undefined) continue;
      for (const hold of lease.holds) {
        if (hold.holder.kind !== 'ttl') continue;
        const dueAt = deadlines.dueAt(hold.id, hold.holder.expiresAt);
        if (dueAt <= uptime()) due.push({ lockId: lease.id, hold, ended: 'over' });
        else timer.at(dueAt);
      }
    }
    settleUnasked(context, due);
  }

  ledger.subscribe({
    changed(lease, before) {
      if (lease.orphanedAt !== undefined || lease.holds === before?.holds) return;
      for (const { id, holder } of lease.holds) {
        const known = before && holdOf(before, id)?.holder;
        if (holder.kind === 'ttl' && holder !== known) timer.at(deadlines.dueAt(id, holder.expiresAt));
      }
    },
    ended({ holds }) {
      for (const { id } of holds) deadlines.forget(id);
    },
  });
  return { close: timer.clear };
}
