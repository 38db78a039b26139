import type { Clock } from '../../base/clock.ts';
import { affinityOf } from '../../domain/affinity.ts';
import type { Lease } from '../../domain/lease.ts';
import type { LeaseTable } from '../../domain/lease-table.ts';
import { reconcile, type SeenState } from '../../domain/reconcile.ts';
import { areAllEphemeral } from '../../base/port-number.ts';
import type { HoldEvent } from '../../protocol/answers/lease.ts';
import { settledAfterMs, toldAfterMs } from '../../protocol/drift.ts';
import { inSlices } from '../../system/slices.ts';
import type { EventBus } from '../ledger/events.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { LeaseObservation, Observation, Observer } from './observer.ts';

export interface StatesParts {
  readonly state: { readonly leases: LeaseTable };
  readonly ledger: Pick<Ledger, 'anyway' | 'subscribe'>;
  readonly observer: Pick<Observer, 'onObservation'>;
  readonly events: Pick<EventBus, 'emit'>;
  /** A clock that never jumps. ms */
  readonly uptime: Clock;
}

/** Where a lease's program listens now, for its holders. */
export type MoveListener = (lease: Lease, event: HoldEvent) => void;

/** The states of leases, as they were last observed. */
export interface States {
  isBound(id: string): boolean;
  /** A process of the lease was seen on one of its ports since this daemon started. */
  wasInUse(id: string): boolean;
  /** Told when a program has settled elsewhere than on its port, and when it has come back. */
  onMove(listener: MoveListener): void;
}

const OWN_PORT = 'own port';

interface Known {
  state: SeenState;
  driftedSince: number | undefined;
  /** Where the holder was told that its program listens: OWN_PORT, or the ports that it drifted to. */
  told: string | undefined;
  /** The program that it was told about. */
  service: number | undefined;
  /** The ports that it drifted to and that were remembered. */
  remembered: string | undefined;
  wasInUse: boolean;
  /** Address and process of those that were told. */
  outsiders: ReadonlySet<string>;
}

/** Lets the leases' states follow what listens. Every observation counts, whatever it was made for. */
export function createStates({ state, ledger, observer, events, uptime }: StatesParts): States {
  const { leases } = state;
  const known = new Map<string, Known>();
  const listeners: MoveListener[] = [];

  const tell: MoveListener = (lease, event) => {
    for (const listener of listeners) listener(lease, event);
  };

  function note(lease: Lease, observation: Observation): void {
    const seen = observation.stateOf(lease);
    const before = known.get(lease.id);
    if (!before && seen.state === 'granted' && !lease.driftedTo && seen.outsiders.length === 0) return;
    const about = before ?? asBeforeRestart(lease);
    known.set(lease.id, about);
    noteProgram(about, lease);
    const changed = reconcile(lease, seen);
    if (changed) ledger.anyway.change(changed);
    if (about.state !== seen.state || (changed && seen.state === 'drifted')) turn(lease, about, seen);
    about.state = seen.state;
    tellOutsiders(lease, about, seen);
    if (seen.isOwn && (seen.state === 'bound' || seen.state === 'drifted')) about.wasInUse = true;
    if (seen.state === 'drifted') {
      tellDrift(lease, about, seen);
      rememberDrift(lease, about, seen, observation);
    }
    if (seen.state === 'bound' && about.told !== OWN_PORT) {
      about.told = OWN_PORT;
      tell(lease, { event: 'bound', port: lease.port });
    }
  }

  function turn(lease: Lease, about: Known, seen: LeaseObservation): void {
    about.driftedSince = seen.state === 'drifted' ? (about.driftedSince ?? uptime()) : undefined;
    if (seen.state !== 'bound' && seen.state !== 'drifted') return;
    const pid = seen.listeners[0]?.pid ?? null;
    if (seen.state === 'bound') remember(lease);
    const moved = seen.state === 'drifted' && { actual_ports: seen.driftedTo };
    events.emit(seen.state, lease, { pid, ...moved });
  }

  /** From now on the port is kept for the service, also while it does not run. */
  function remember(lease: Lease): void {
    const key = affinityOf(lease);
    if (key !== undefined) ledger.anyway.remember(key, lease.port);
  }

  function tellDrift(lease: Lease, about: Known, { driftedTo }: LeaseObservation): void {
    if (about.told === driftedTo.join() || forHowLong(about) < toldAfterMs(driftedTo)) return;
    about.told = driftedTo.join();
    tell(lease, { event: 'drifted', port: lease.port, actual_ports: [...driftedTo] });
  }

  function rememberDrift(lease: Lease, about: Known, seen: LeaseObservation, observation: Observation): void {
    const { driftedTo } = seen;
    if (about.remembered === driftedTo.join() || forHowLong(about) < settledAfterMs(driftedTo)) return;
    about.remembered = driftedTo.join();
    const key = affinityOf(lease);
    const taken = portOfNextStart(lease, seen, observation);
    if (key !== undefined && taken !== undefined) ledger.anyway.remember(key, taken, { isFirst: true });
  }

  const forHowLong = ({ driftedSince }: Known): number => uptime() - (driftedSince ?? uptime());

  /** Each once, however often it is seen. */
  function tellOutsiders(lease: Lease, about: Known, { outsiders }: LeaseObservation): void {
    const now = new Map(outsiders.map((each) => [`${each.address} ${each.pid}`, each]));
    for (const [key, listener] of now) {
      if (about.outsiders.has(key)) continue;
      const { pid, address } = listener;
      events.emit('outsider', lease, { ...(pid !== null && { pid }), address });
      tell(lease, { event: 'outsider', port: lease.port, listener });
    }
    about.outsiders = new Set(now.keys());
  }

  observer.onObservation((observation) =>
    inSlices(Array.from(leases.all()), ({ id }) => {
      // It may have ended, or got another holder, while others had their turn.
      const lease = leases.get(id);
      if (lease) note(lease, observation);
    }),
  );
  ledger.subscribe({ ended: ({ id }) => void known.delete(id) });

  return {
    isBound: (id) => known.get(id)?.state === 'bound',
    wasInUse: (id) => known.get(id)?.wasInUse ?? false,
    onMove: (listener) => void listeners.push(listener),
  };
}

/** What was told of the program before says nothing of one that was started in its place. */
function noteProgram(about: Known, { service }: Lease): void {
  if (about.service !== undefined && about.service !== service?.pid) about.told = undefined;
  about.service = service?.pid;
}

/** With its own port free, a program that took another one does so on its next start as well. */
function portOfNextStart(
  { port }: Lease,
  { driftedTo }: LeaseObservation,
  { listenersOn }: Observation,
): number | undefined {
  if (driftedTo.length !== 1 || areAllEphemeral(driftedTo) || listenersOn(port).length > 0) return undefined;
  return driftedTo[0];
}

/** After a restart of the daemon the holder has been told already where its program is. */
function asBeforeRestart({ driftedTo, service }: Lease): Known {
  return {
    state: driftedTo ? 'drifted' : 'granted',
    driftedSince: undefined,
    told: driftedTo?.join(),
    service: service?.pid,
    remembered: driftedTo?.join(),
    wasInUse: false,
    outsiders: new Set(),
  };
}
