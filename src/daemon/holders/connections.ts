import type { Lease } from '../../domain/lease.ts';
import type { HoldEvent } from '../../protocol/answers/lease.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { States } from '../machine/states.ts';

/** The open response that keeps a hold alive. */
export interface HoldConnection {
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
  /** A newer connection of the same hold replaces the older one. */
  add(place: HeldPlace, connection: HoldConnection): void;
  /** @returns what it kept; undefined when it keeps nothing any more */
  remove(connection: HoldConnection): HeldPlace | undefined;
}

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
