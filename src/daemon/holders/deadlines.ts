import { holdOf } from '../../domain/holds.ts';
import { createWakeTimer } from '../../system/wake-timer.ts';
import type { HoldersContext } from './context.ts';
import { settleUnasked, type EndedHold } from './settle.ts';

/** Ends holds when their deadline is over. One timer, for the nearest. */
export function watchDeadlines(context: HoldersContext): { close(): void } {
  const { state, ledger, clock } = context;
  const timer = createWakeTimer(clock, checkAll);

  function checkAll(): void {
    const due: EndedHold[] = [];
    for (const lease of state.leases.all()) {
      if (lease.orphanedAt !== undefined) continue;
      for (const hold of lease.holds) {
        if (hold.holder.kind !== 'ttl') continue;
        if (hold.holder.expiresAt <= clock()) due.push({ lockId: lease.id, hold, ended: 'over' });
        else timer.at(hold.holder.expiresAt);
      }
    }
    settleUnasked(context, due);
  }

  ledger.subscribe({
    changed(lease, before) {
      if (lease.orphanedAt !== undefined || lease.holds === before?.holds) return;
      for (const { id, holder } of lease.holds) {
        const known = before && holdOf(before, id)?.holder;
        if (holder.kind === 'ttl' && holder !== known) timer.at(holder.expiresAt);
      }
    },
  });
  return { close: timer.clear };
}
