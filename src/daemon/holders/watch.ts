import { holdOf } from '../../domain/holds.ts';
import { processOf, type Hold, type Lease } from '../../domain/lease.ts';
import type { HoldEnd } from '../../domain/succession.ts';
import { sleep } from '../../system/sleep.ts';
import { inSlices } from '../../system/slices.ts';
import type { HeldPlace, HoldConnection } from './connections.ts';
import type { HoldersContext } from './context.ts';
import { endSilentInstances, type InstanceContext } from './instances.ts';
import { createLiveness, type IsRunning } from './liveness.ts';
import { settle, settleUnasked, unfailing, type EndedHold } from './settle.ts';

const TICK_MS = 1000;
/** Above MANY leases, check every other tick. */
const MANY = 250;
/** How long a connection may take to open, or to come back after a restart of the daemon. */
const CONNECT_GRACE_MS = 3000;
/** What a wrapper says when it leaves travels by another connection, and may arrive after the end of its response. */
const LAST_WORD_MS = 20;

/** Notices when what keeps a lease alive is gone, and has it settled. Costs nothing while there is nothing to watch. */
export interface Watch {
  /** This response keeps the hold from now on. */
  connect(place: HeldPlace, connection: HoldConnection): void;
  /**
   * The response has ended. Without a release its holder died.
   * @param unread the client left before it could read which lease it got
   */
  disconnect(connection: HoldConnection, unread?: boolean): void;
  /** Checks every holder now instead of at the next tick. */
  checkAll(): Promise<void>;
  close(): void;
}

/** What the watch keeps in mind between two ticks. */
interface Watched {
  /** Leases with a hold that has to be checked at each tick, and orphans. */
  readonly leases: Set<string>;
  /** Until when a hold without a connection is given time to have one; by the clock that never jumps. */
  readonly waitUntil: Map<string, number>;
}

export function createWatch(context: HoldersContext & InstanceContext): Watch {
  const { state, ledger, connections } = context;
  const watched: Watched = { leases: new Set(), waitUntil: new Map() };
  const beginTick = createLiveness(context.machine);
  let ticks = 0;
  let ticker: NodeJS.Timeout | undefined;

  function setTicker(): void {
    const isNeeded = watched.leases.size > 0 || state.instances.size > 0;
    if (isNeeded === (ticker !== undefined)) return;
    clearInterval(ticker);
    ticker = isNeeded ? setInterval(() => unfailing(context, tick(false)), TICK_MS).unref() : undefined;
  }

  function update(lease: Lease): void {
    if (needsTicks(context, lease)) watched.leases.add(lease.id);
    else watched.leases.delete(lease.id);
    setTicker();
  }

  async function tick(thorough: boolean): Promise<void> {
    ticks += 1;
    if (!thorough && watched.leases.size > MANY && ticks % 2 === 0) return;
    const count = watched.leases.size + state.instances.size;
    const isRunning = beginTick({ count, thorough });
    endSilentInstances(context, isRunning);
    const ids = thorough ? Array.from(state.leases.all(), ({ id }) => id) : [...watched.leases];
    const ended: EndedHold[] = [];
    await inSlices(ids, (id) => {
      const lease = state.leases.get(id);
      if (lease) findEnded(context, watched, lease, isRunning, ended);
    });
    await settle(context, ended);
  }

  ledger.subscribe({
    changed(lease, before) {
      giveTimeToConnect(context, watched, lease, before);
      update(lease);
    },
    ended({ id, holds }) {
      for (const hold of holds) watched.waitUntil.delete(hold.id);
      watched.leases.delete(id);
      setTicker();
    },
    instanceHeard: setTicker,
    instanceEnded: setTicker,
  });

  return {
    connect(place, connection) {
      const lease = state.leases.get(place.lockId);
      if (!lease || !holdOf(lease, place.holdId)) {
        connection.send({ event: 'ended', reason: 'released' });
        return connection.close();
      }
      connections.add(place, connection);
      watched.waitUntil.delete(place.holdId);
      update(lease);
    },
    disconnect(connection, unread = false) {
      const place = connections.remove(connection);
      const lease = place && state.leases.get(place.lockId);
      const hold = lease && holdOf(lease, place.holdId);
      if (!hold) return;
      update(lease);
      if (hold.holder.kind !== 'connection' || lease.orphanedAt !== undefined) return;
      const ended = { lockId: lease.id, hold };
      if (unread) settleUnasked(context, [{ ...ended, ended: 'unread' }]);
      else unfailing(context, settleAfterLastWord(context, { ...ended, ended: 'died' }));
    },
    checkAll: () => tick(true),
    close: () => clearInterval(ticker),
  };
}

function giveTimeToConnect(
  { connections, uptime }: HoldersContext,
  { waitUntil }: Watched,
  lease: Lease,
  before: Lease | undefined,
): void {
  if (lease.holds === before?.holds) return;
  for (const { id, holder } of lease.holds) {
    const isNew = holder !== (before && holdOf(before, id)?.holder);
    if (isNew && holder.kind === 'connection' && !connections.has(id))
      waitUntil.set(id, uptime() + CONNECT_GRACE_MS);
  }
}

async function settleAfterLastWord(context: HoldersContext, ended: EndedHold): Promise<void> {
  context.settling.add(ended.hold.id);
  await sleep(LAST_WORD_MS);
  await settle(context, [ended]);
}

function needsTicks({ connections }: HoldersContext, { orphanedAt, holds }: Lease): boolean {
  if (orphanedAt !== undefined) return true;
  return holds.some(
    ({ id, holder }) => holder.kind === 'process' || (holder.kind === 'connection' && !connections.has(id)),
  );
}

/** Asked of every lease at every tick, so it makes a list only when there is something to tell. */
function findEnded(
  context: HoldersContext,
  watched: Watched,
  lease: Lease,
  isRunning: IsRunning,
  found: EndedHold[],
): void {
  const isOrphan = lease.orphanedAt !== undefined;
  for (const hold of lease.holds) {
    if (context.settling.has(hold.id)) continue;
    const ended = isOrphan ? 'orphaned' : endOf(context, watched, hold, isRunning);
    if (ended) found.push({ lockId: lease.id, hold, ended });
    // An orphan ends as a whole.
    if (isOrphan) return;
  }
}

/** How this hold has ended, if it has. */
function endOf(
  { state, connections, detaching, deadlines, uptime, machine }: HoldersContext,
  { waitUntil }: Watched,
  { id, holder }: Hold,
  isRunning: IsRunning,
): HoldEnd | undefined {
  if (holder.kind === 'ttl') return uptime() < deadlines.dueAt(id, holder.expiresAt) ? undefined : 'over';
  if (holder.kind === 'instance') return state.instances.get(holder.id) ? undefined : 'over';
  if (holder.kind === 'process') return isRunning(holder) ? undefined : 'died';
  if (connections.has(id) || detaching.has(id)) return undefined;
  // A stopped wrapper (Ctrl-Z, a debugger) can't reconnect and is not dead.
  const process = processOf(holder);
  if (process) return machine.isAlive(process) ? undefined : 'died';
  return uptime() < (waitUntil.get(id) ?? 0) ? undefined : 'died';
}
