import type { Clock } from '../../base/clock.ts';
import { pidOf, portsOf, type Lease } from '../../domain/lease.ts';
import type { LeaseTable } from '../../domain/lease-table.ts';
import { isServedByContainer, judge, type SeenState } from '../../domain/reconcile.ts';
import type { WireListener } from '../../protocol/answers/listener.ts';
import type { PortFacts } from './facts.ts';
import { findOwnership, toPorts, type OwnedListeners } from './ownership.ts';

/** How long one observation serves every question. ms */
const FRESH_FOR_MS = 150;

/** What the machine says about one lease. */
export interface LeaseObservation {
  readonly state: SeenState;
  /** A process of the lease is among the listeners. One that is bound without that is served by a container. */
  readonly isOwn: boolean;
  /** On the lease's port, or where it has drifted to; the one to go to first. */
  readonly listeners: readonly WireListener[];
  /** Listeners on the lease's port that are not its program's: of another address, or beside it by SO_REUSEPORT. */
  readonly outsiders: readonly WireListener[];
  /** The ports it has drifted to. */
  readonly driftedTo: readonly number[];
}

export interface Observation {
  /** What it has cost. */
  readonly tookMs: number;
  listenersOn(port: number): readonly WireListener[];
  stateOf(lease: Lease): LeaseObservation;
  all(): readonly WireListener[];
  /** The lease that this listener's process belongs to, on whatever port. */
  leaseOf(listener: WireListener): Lease | undefined;
}

export type ObservationListener = (observation: Observation) => Promise<void> | void;

/** Ports with a listener; where it is known, with the number of sockets on each. */
export type PortsSeen = ReadonlySet<number> & { readonly counts?: ReadonlyMap<number, number> };

export interface Observer {
  /** All listeners of the machine, at most 150 ms old; as of now when `afresh`. */
  observe(options?: { afresh?: boolean }): Promise<Observation>;
  /** The ports that have a listener now: a fraction of the cost of an observation. */
  portsInUse(): Promise<PortsSeen>;
  /** Told of each new observation before it is used. */
  onObservation(listener: ObservationListener): void;
}

/**
 * Says what really listens, and for which lease: a listener belongs to a lease when its process carries the lease's
 * marker in its environment, or descends from one of the lease's holders or from its service.
 */
export function createObserver(
  facts: Pick<PortFacts, 'readListeners' | 'portsInUse' | 'parentOf' | 'leaseMarkerOf'>,
  leases: LeaseTable,
  clock: Clock,
  reserved: ReadonlySet<number> = new Set(),
): Observer {
  let latest: { at: number; observation: Promise<Observation> } | undefined;
  const subscribers: ObservationListener[] = [];

  async function readMachine(): Promise<Observation> {
    const started = performance.now();
    const listeners = await facts.readListeners();
    const ownership = await findOwnership(listeners, leases, facts);
    const byPort = toPorts(listeners);
    const listenersOn = (port: number): readonly WireListener[] => byPort.get(port) ?? [];
    // What is known to be another lease's program serves no lease but that one.
    const listenersFor = (lease: Lease) => (port: number) =>
      listenersOn(port).filter((each) => (ownership.leaseOf(each)?.id ?? lease.id) === lease.id);
    const isClaimable = (port: number, { id }: Lease): boolean =>
      !reserved.has(port) && (leases.at(port)?.id ?? id) === id;
    const observation: Observation = {
      tookMs: performance.now() - started,
      all: () => listeners,
      leaseOf: ownership.leaseOf,
      listenersOn,
      stateOf: (lease) =>
        observeLease(
          lease,
          ownership.ownedBy(lease),
          listenersFor(lease),
          (port) =>
            isClaimable(port, lease) &&
            !listenersOn(port).every((each) => ownership.isDriftOfOther(each, lease)),
        ),
    };
    for (const tell of subscribers) await tell(observation);
    return observation;
  }

  return {
    observe({ afresh = false } = {}) {
      const now = clock();
      // A clock that was set back must not keep an old observation fresh.
      if (!afresh && latest && Math.abs(now - latest.at) <= FRESH_FOR_MS) return latest.observation;
      const current = { at: now, observation: readMachine() };
      latest = current;
      // What could not be read is not remembered.
      current.observation.catch(() => latest === current && (latest = undefined));
      return current.observation;
    },
    portsInUse: facts.portsInUse,
    onObservation: (listener) => void subscribers.push(listener),
  };
}

function observeLease(
  lease: Lease,
  owned: readonly OwnedListeners[],
  listenersOn: Observation['listenersOn'],
  isClaimable: (port: number) => boolean,
): LeaseObservation {
  const on = (port: number): WireListener[] => owned.flatMap(({ ports }) => ports.get(port) ?? []);
  const there = listenersOn(lease.port);
  // Docker listens, or the firewall leads the port into the container: no process of the lease does. Where none is known
  // at all, what came to its port came for it: the port was free when it was granted.
  const served = there.filter(
    ({ container }) => isServedByContainer(lease, container?.created_at) || isAnyonesToServe(lease),
  );
  const isOwn = owned.some(({ ports }) => ports.has(lease.port));
  const isBound = isOwn || served.length > 0;
  const started = isBound ? [] : owned.filter(({ isStarted }) => isStarted);
  const elsewhere = started.flatMap(({ ports }) => [...ports.keys()]);
  const verdict = judge(lease, { isBound, started: elsewhere }, isClaimable);
  const { state, driftedTo } = verdict;
  const own = unique([...on(lease.port), ...served]);
  const outsiders = there.filter(
    (each) => !own.includes(each) && isOutsider(each, lease, isOwn && state === 'bound'),
  );
  const seen = { ...verdict, isOwn, outsiders };
  if (state === 'bound') return { ...seen, listeners: own };
  if (state === 'drifted') return { ...seen, isOwn: true, listeners: unique(driftedTo.flatMap(on)) };
  const ports = state === 'orphaned' ? portsOf(lease) : [lease.port];
  return { ...seen, listeners: ports.flatMap(listenersOn).filter((each) => !outsiders.includes(each)) };
}

/**
 * Beside a program of the lease, whatever is not of its tree. Where that does not listen (yet), what was there before
 * the lease: a younger one may be a helper of its command that has left the tree, or has dropped the marker.
 */
function isOutsider(
  { started_at: startedAt, container }: WireListener,
  { orphanedAt, allocatedAt }: Lease,
  isServed: boolean,
): boolean {
  if (orphanedAt !== undefined || container) return false;
  // Known to the second.
  return isServed || (startedAt !== null && Date.parse(startedAt) + 1000 < allocatedAt);
}

/** A deadline, an instance or a client that did not say which process it is keeps the lease, and nobody has said who serves. */
function isAnyonesToServe({ service, holds }: Lease): boolean {
  return !service && holds.every(({ holder, startedBy }) => pidOf(holder) === undefined && !startedBy);
}

/** A process may belong to its lease by its marker and by its parents. */
const unique = (listeners: readonly WireListener[]): WireListener[] => [...new Set(listeners)];
