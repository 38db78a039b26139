import { pidOf, type Lease } from '../../domain/lease.ts';
import type { HoldEvent } from '../../protocol/answers/lease.ts';
import type { Core } from '../core.ts';
import { toAllocation } from '../ledger/allocation.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { States } from '../machine/states.ts';

/** The open response that keeps a hold alive. */
export interface HoldConnection {
  /** It ends, or starts again, what it has started when it is told to. */
  readonly takesOrders?: boolean;
  send(event: HoldEvent): void;
  close(): void;
}

/** Which hold of which lease a connection keeps. */
export interface HeldPlace {
  readonly lockId: string;
  readonly holdId: string;
}

/** The open responses, by the hold that each keeps alive. */
export interface Connections {
  has(holdId: string): boolean;
  takesOrders(holdId: string): boolean;
  send(holdId: string, event: HoldEvent): void;
  /** A newer connection of the same hold replaces the older one. */
  add(place: HeldPlace, connection: HoldConnection): void;
  /** @returns what it kept; undefined when it keeps nothing any more */
  remove(connection: HoldConnection): HeldPlace | undefined;
}

const takenOver = ({ name, type }: Lease): HoldEvent => ({
  event: 'taken_over',
  service_name: name ?? null,
  service_type: type,
});

/** Holders hear by their connection what becomes of their lease. */
export function createConnections(
  ledger: Pick<Ledger, 'subscribe'>,
  states: Pick<States, 'onMove'>,
): Connections {
  const open = new Map<string, HoldConnection>();
  const places = new Map<HoldConnection, HeldPlace>();

  function take(holdId: string): HoldConnection | undefined {
    const connection = open.get(holdId);
    open.delete(holdId);
    if (connection) places.delete(connection);
    return connection;
  }

  function closeThoseGone(lease: Lease, before: Lease): void {
    if (lease.holds === before.holds) return;
    for (const { id } of before.holds) if (!lease.holds.some((hold) => hold.id === id)) take(id)?.close();
  }

  ledger.subscribe({
    changed(lease, before) {
      if (before) closeThoseGone(lease, before);
      if (before && lease.inner && lease.inner !== before.inner)
        open.get(lease.holds[0].id)?.send(takenOver(lease));
    },
    ended({ holds }, reason) {
      for (const { id } of holds) {
        const connection = take(id);
        connection?.send({ event: 'ended', reason });
        connection?.close();
      }
    },
  });
  states.onMove(({ holds: [first] }, event) => open.get(first.id)?.send(event));

  return {
    has: (holdId) => open.has(holdId),
    takesOrders: (holdId) => open.get(holdId)?.takesOrders ?? false,
    send: (holdId, event) => open.get(holdId)?.send(event),
    add(place, connection) {
      const previous = take(place.holdId);
      open.set(place.holdId, connection);
      places.set(connection, place);
      previous?.close();
    },
    remove(connection) {
      const place = places.get(connection);
      if (place) take(place.holdId);
      return place;
    },
  };
}

interface InnerContext extends Pick<Core, 'state' | 'machine'> {
  readonly connections: Pick<Connections, 'send'>;
}

/** Nobody nests runs deeper, and a loop in what the system says of parents ends. */
const MOST_ANCESTORS = 64;

/**
 * Tells a run that another one inside its command serves with a lease of its own: in that moment it is known that the
 * outer one's port is not what its command uses.
 */
export function tellOfInnerRuns(context: InnerContext, states: Pick<States, 'onMove'>): void {
  states.onMove((lease, event) => {
    if (event.event !== 'bound' && event.event !== 'drifted') return;
    const driftedTo = event.event === 'drifted' ? event.actual_ports : [];
    const allocation = toAllocation(lease, { state: event.event, driftedTo, listeners: [] });
    for (const { holds } of leasesAround(context, lease))
      context.connections.send(holds[0].id, { event: 'inner_serves', allocation });
  });
}

/** By the marker that the run had in its environment; runners that hand on no variables (turbo) by its parents. */
function leasesAround({ state, machine }: InnerContext, lease: Lease): Lease[] {
  const [{ holder, inside }] = lease.holds;
  const marked = inside === undefined ? undefined : state.leases.get(inside);
  const pid = holder.kind === 'connection' ? pidOf(holder) : undefined;
  if (marked || pid === undefined || state.leases.size < 2) return marked ? [marked] : [];
  const above = new Set<number>();
  for (let each = machine.parentOf(pid); each && !above.has(each) && above.size < MOST_ANCESTORS;) {
    above.add(each);
    each = machine.parentOf(each);
  }
  return [...state.leases.all()].filter(
    ({ id, holds: [first] }) =>
      id !== lease.id && first.holder.kind === 'connection' && above.has(pidOf(first.holder) ?? 0),
  );
}
