import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/log.ts';
import { messageOf } from '../../base/styxy-error.ts';
import type { Lease } from '../../domain/lease.ts';
import type { LeaseTable } from '../../domain/lease-table.ts';
import { reconcile, type SeenState } from '../../domain/reconcile.ts';
import type { HoldEvent } from '../../protocol/answers/lease.ts';
import { settledAfterMs } from '../../protocol/drift.ts';
import { inSlices } from '../../system/slices.ts';
import type { EventBus } from '../ledger/events.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Observation, Observer, Sight } from './observer.ts';

export interface SweepParts {
  readonly state: { readonly leases: LeaseTable };
  readonly ledger: Pick<Ledger, 'anyway' | 'subscribe'>;
  readonly observer: Pick<Observer, 'look' | 'onLook' | 'portsInUse'>;
  readonly events: Pick<EventBus, 'emit'>;
  /** A clock that never jumps. ms */
  readonly uptime: Clock;
  readonly log: Logger;
}

/** Where a lease's program listens now, for its holders. */
export type MoveListener = (lease: Lease, event: HoldEvent) => void;

export interface Sweep {
  /** A process of the lease was seen on one of its ports since this daemon started. */
  wasInUse(id: string): boolean;
  /** Told when a program has settled elsewhere than on its port, and when it has come back. */
  onMove(listener: MoveListener): void;
  close(): void;
}

/** Pauses between the looks at a lease whose program was started and does not listen where it should. ms */
const STARTED_PAUSES_MS = [150, 250, 400, 700, 1000, 1500, 2500, 4000, 6000, 10_000, 15_000, 30_000];
/** After so many looks there is another one only when other ports are in use than at the last one. */
const SURE_LOOKS = 4;
/** The same where only a holder is known: whether it listens is good to know, and nothing depends on it. ms */
const HELD_PAUSES_MS = [1000, 4000, 10_000];
/** Looks that are due within this time of each other are one look. ms */
const SAME_LOOK_MS = 50;
/** Looks after a pause of a second or more wait for a common moment, however many leases there are. ms */
const COMMON_MOMENT_MS = 500;

const OWN_PORT = 'own port';

interface Known {
  state: SeenState;
  driftedSince: number | undefined;
  /** Where the holder was told that its program listens: OWN_PORT, or the ports that it drifted to. */
  told: string | undefined;
  wasInUse: boolean;
}

/**
 * Lets the leases' states follow what listens. Every look at the machine counts, whoever asked for it; the sweep asks
 * for one only while a program that was started is expected to come up. No lease, no timer.
 */
export function createSweep(parts: SweepParts): Sweep {
  const { observer, uptime, log } = parts;
  const { leases } = parts.state;
  const listeners: MoveListener[] = [];
  const known = new Map<string, Known>();
  const expected = new Map<string, { dueAt: number; step: number }>();
  /** In use at the last look, if that was read. */
  let lastPorts: string | undefined;
  let timer: { at: number; handle: NodeJS.Timeout } | undefined;

  observer.onLook((seen) =>
    inSlices(Array.from(leases.all()), ({ id }) => {
      // It may have ended, or got another holder, while others had their turn.
      const lease = leases.get(id);
      if (lease) note(lease, seen);
    }),
  );

  function note(lease: Lease, seen: Observation): void {
    const sight = seen.stateOf(lease);
    const before = known.get(lease.id);
    if (!before && sight.state === 'granted' && !lease.driftedTo) return;
    // After a restart the holder has been told already.
    const about: Known = before ?? {
      state: lease.driftedTo ? 'drifted' : 'granted',
      driftedSince: undefined,
      told: lease.driftedTo?.join(),
      wasInUse: false,
    };
    known.set(lease.id, about);
    const changed = reconcile(lease, sight);
    if (changed) parts.ledger.anyway.change(changed);
    if (about.state !== sight.state || (changed && sight.state === 'drifted')) turn(lease, about, sight);
    about.state = sight.state;
    if (sight.isOwn && (sight.state === 'bound' || sight.state === 'drifted')) about.wasInUse = true;
    if (sight.state === 'drifted') tellDrift(lease, about, sight);
    if (sight.state === 'bound' && about.told !== OWN_PORT) {
      about.told = OWN_PORT;
      tell(lease, { event: 'bound', port: lease.port });
    }
  }

  const tell: MoveListener = (lease, event) => {
    for (const listener of listeners) listener(lease, event);
  };

  function turn(lease: Lease, about: Known, { state, driftedTo, listeners }: Sight): void {
    about.driftedSince = state === 'drifted' ? (about.driftedSince ?? uptime()) : undefined;
    if (state !== 'bound' && state !== 'drifted') return;
    const pid = listeners[0]?.pid ?? null;
    parts.events.emit(state, lease, { pid, ...(state === 'drifted' && { actual_ports: driftedTo }) });
    if (state === 'drifted') expect(lease.id, 0);
  }

  function tellDrift(lease: Lease, about: Known, { driftedTo }: Sight): void {
    const settledMs = settledAfterMs(driftedTo);
    if (about.told === driftedTo.join() || uptime() - (about.driftedSince ?? uptime()) < settledMs) return;
    about.told = driftedTo.join();
    tell(lease, { event: 'drifted', port: lease.port, actual_ports: [...driftedTo] });
  }

  function expect(id: string, step: number): void {
    const lease = leases.get(id);
    const pauseMs = lease && pausesOf(lease)[step];
    if (pauseMs === undefined) return void expected.delete(id);
    const at = uptime() + pauseMs;
    const dueAt = pauseMs < 1000 ? at : Math.ceil(at / COMMON_MOMENT_MS) * COMMON_MOMENT_MS;
    expected.set(id, { dueAt, step });
    wakeAt(dueAt);
  }

  function wakeAt(at: number): void {
    if (timer && timer.at <= at) return;
    clearTimeout(timer?.handle);
    timer = { at, handle: setTimeout(() => void lookAtDue(), Math.max(at - uptime(), 0)).unref() };
  }

  async function lookAtDue(): Promise<void> {
    const limit = uptime() + SAME_LOOK_MS;
    const due = [...expected].filter(([, { dueAt }]) => dueAt <= limit);
    for (const [id] of due) expected.delete(id);
    try {
      if (due.length > 0) await lookFor(due.map(([id, { step }]) => ({ lease: leases.get(id), step })));
    } catch (error) {
      log.warn('the listeners could not be read', { error: messageOf(error) });
    }
    timer = undefined;
    for (const [id, { step }] of due) {
      if (!expected.has(id) && known.get(id)?.state !== 'bound') expect(id, step + 1);
    }
    let next = Infinity;
    for (const { dueAt } of expected.values()) next = Math.min(next, dueAt);
    if (next < Infinity) wakeAt(next);
  }

  /** A look costs more the more sockets and processes there are; the ports alone are cheap. */
  async function lookFor(due: readonly { lease: Lease | undefined; step: number }[]): Promise<void> {
    if (due.some(({ lease, step }) => lease?.service && step < SURE_LOOKS)) {
      lastPorts = undefined;
      await observer.look();
      return;
    }
    const inUse = await observer.portsInUse();
    const ports = [...inUse].toSorted((a, b) => a - b).join();
    const isNews = due.some(({ lease }) =>
      lease?.service ? ports !== lastPorts : lease && inUse.has(lease.port),
    );
    if (!isNews) return;
    lastPorts = ports;
    await observer.look();
  }

  parts.ledger.subscribe({
    changed(lease, before) {
      // A new holder or program is looked at soon, and then less and less often.
      if (lease.holder !== before?.holder || lease.service !== before.service) expect(lease.id, 0);
    },
    ended({ id }) {
      known.delete(id);
      if (!expected.delete(id) || expected.size > 0) return;
      clearTimeout(timer?.handle);
      timer = undefined;
    },
  });

  return {
    onMove: (listener) => void listeners.push(listener),
    wasInUse: (id) => known.get(id)?.wasInUse ?? false,
    close() {
      clearTimeout(timer?.handle);
      expected.clear();
    },
  };
}

function pausesOf({ service, holder }: Lease): readonly number[] {
  if (service) return STARTED_PAUSES_MS;
  return 'pid' in holder && holder.pid !== undefined ? HELD_PAUSES_MS : [];
}
