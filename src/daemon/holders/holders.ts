import type { Core } from '../core.ts';
import type { Health } from '../machine/health.ts';
import { createOccupancy } from '../machine/occupancy.ts';
import type { States } from '../machine/states.ts';
import { watchAdopted } from './adopted.ts';
import { createConnections, tellOfInnerRuns } from './connections.ts';
import type { HoldersContext } from './context.ts';
import { createDeadlines, watchDeadlines } from './deadlines.ts';
import { watchInstances, type InstanceContext } from './instances.ts';
import { settleUnasked } from './settle.ts';
import { createWatch, type Watch } from './watch.ts';

export interface Holders extends HoldersContext, InstanceContext {
  readonly watch: Watch;
  /** Ends all timers. */
  closeHolders(): void;
}

/** Everything that notices the end of a holder; what becomes of its lease is then settled. */
export function createHolders(
  core: Core,
  states: Pick<States, 'wasInUse' | 'onMove'>,
  health: Pick<Health, 'onStale'>,
): Holders {
  const context = {
    ...core,
    states,
    occupancy: createOccupancy(core.machine, core.log),
    connections: createConnections(core.ledger, states),
    deadlines: createDeadlines(core),
    settling: new Set<string>(),
    detaching: new Map(),
    heard: new Map(),
    listeningSince: core.clock(),
  };
  const watch = createWatch(context);
  const parts = [watch, watchDeadlines(context), watchAdopted(context)];
  watchInstances(context);
  tellOfInnerRuns(context, states);
  health.onStale(({ id, holds: [hold] }) => settleUnasked(context, [{ lockId: id, hold, ended: 'unused' }]));
  return {
    ...context,
    watch,
    closeHolders() {
      for (const part of parts) part.close();
    },
  };
}
