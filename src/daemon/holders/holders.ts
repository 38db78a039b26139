import type { EndReason, Lease } from '../../domain/lease.ts';
import { isShared } from '../../domain/sharing.ts';
import type { ProcessIdentity } from '../../system/process/identity.ts';
import type { Core } from '../core.ts';
import type { Health } from '../machine/health.ts';
import type { Sweep } from '../machine/sweep.ts';
import { createInstances, type Instances } from './instances.ts';
import { createLifetimes, type Lifetimes } from './lifetimes.ts';
import { createLeaving, type Leaving } from './release.ts';
import { createSharedLeases, type SharedLeases } from './sharing.ts';

export interface HoldersContext extends Core {
  readonly sweep: Sweep;
  readonly health: Health;
}

/** What keeps leases alive, and what becomes of them when that ends. */
export interface Holders {
  readonly lifetimes: Lifetimes;
  readonly sharing: SharedLeases;
  readonly leaving: Leaving;
  readonly instances: Instances;
}

export function createHolders(context: HoldersContext): Holders {
  const { state, ledger, machine, clock, log, sweep } = context;
  const { leases } = state;

  const lifetimes: Lifetimes = createLifetimes({
    leases,
    processes: { ...machine, processesOf: leftBehind },
    clock,
    log,
    onWrapperDeath: () => context.settings().on_wrapper_death,
    change: ledger.anyway.change,
    end: endAnyway,
    orphan(lease) {
      if (sharing.goesOn(lease.id, lease.holder.kind === 'ttl' ? 'expired' : 'holder_gone')) return;
      ledger.anyway.change({ ...lease, orphanedAt: clock() });
    },
    portsInUse: context.observer.portsInUse,
    isPortFree: machine.isPortFree,
    wasInUse: sweep.wasInUse,
  });
  const sharing = createSharedLeases({
    leases,
    change: ledger.change,
    changeAnyway: ledger.anyway.change,
    clock,
    isAlive: machine.isAlive,
    newId: context.newId,
    lifetimes,
  });
  const instances = createInstances({ ...context, ended: instanceEnded });
  const leaving = createLeaving({ ...context, lifetimes, sharing });

  /** What runs for others as well is not this holder's to end or to leave. */
  async function leftBehind(lease: Lease): Promise<ProcessIdentity[]> {
    return isShared(lease) && lease.sharing.others.length > 0 ? [] : machine.processesOf(lease);
  }

  /** Its leases end, those whose port is in use as soon as that is over: like those past their deadline. */
  function instanceEnded(id: string): void {
    sharing.instanceGone(id);
    for (const lease of leases.all()) {
      const { holder } = lease;
      if (holder.kind !== 'instance' || holder.id !== id || sharing.goesOn(lease.id, 'holder_gone')) continue;
      ledger.anyway.change({ ...lease, holder: { kind: 'ttl', expiresAt: clock() } });
    }
  }

  /** For leases that end by themselves. */
  function endAnyway(id: string, reason: EndReason): void {
    if (!sharing.goesOn(id, reason)) ledger.anyway.end(id, reason);
  }

  ledger.subscribe({
    changed(lease, before) {
      if (lease.holder !== before?.holder || lease.orphanedAt !== before.orphanedAt) lifetimes.watch(lease);
      if (!before) sharing.resume(lease);
    },
    ended(lease, reason) {
      lifetimes.ended(lease.id, reason);
      sharing.ended(lease, reason);
    },
  });
  sweep.onMove((lease, event) => lifetimes.tell(lease.id, event));
  context.health.onStale(({ id }) => endAnyway(id, 'stale'));
  return { lifetimes, sharing, leaving, instances };
}
