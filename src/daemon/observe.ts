import { setImmediate } from 'node:timers/promises';
import { portsOf, type Lease } from '../domain/lease.ts';
import type { LeaseTable } from '../domain/lease-table.ts';
import { judge, type SeenState } from '../domain/reconcile.ts';
import type { Listener } from '../system/ports/listeners.ts';

/** How long one look at the machine's listeners serves all who ask. ms */
const FRESH_FOR_MS = 150;
/** So long the search for owners may keep the event loop from others. Each process costs it some 50 us. ms */
const SLICE_MS = 1;

/** The facts of the machine that the observer needs; passed in so that tests can show it any machine. */
export interface MachineFacts {
  readListeners(): Promise<Listener[]>;
  /** The ports that have a listener, without the search for the processes; by default, from the listeners. */
  portsInUse?(): Promise<ReadonlySet<number>>;
  parentOf(pid: number): number | undefined;
  /** The lease whose marker stands in the process's environment. */
  leaseMarkerOf(pid: number): string | undefined;
}

/** What the machine says about one lease. */
export interface Sight {
  readonly state: SeenState;
  /** On the lease's port, or where it has drifted to; the one to go to first. */
  readonly listeners: readonly Listener[];
  /** The ports it has drifted to. */
  readonly driftedTo: readonly number[];
}

export interface Observation {
  /** What this look has cost. */
  readonly tookMs: number;
  listenersOn(port: number): readonly Listener[];
  stateOf(lease: Lease): Sight;
  all(): readonly Listener[];
  /** The lease whose holder's process tree this listener is in, on whatever port. */
  leaseOf(listener: Listener): Lease | undefined;
}

export interface Observer {
  /** All listeners of the machine, at most 150 ms old; as of now when `afresh`. */
  look(options?: { afresh?: boolean }): Promise<Observation>;
  /** The ports that have a listener now: a fraction of the cost of a look. */
  portsInUse(): Promise<ReadonlySet<number>>;
  /** Told of each new look, whoever asked for it. */
  onLook(listener: (seen: Observation) => void): void;
}

/**
 * Says what really listens, and for which lease: a listener belongs to a lease when its process carries the lease's
 * marker in its environment, or descends from the lease's holder or service.
 */
export function createObserver(
  facts: MachineFacts,
  leases: LeaseTable,
  clock: () => number,
  reserved: ReadonlySet<number> = new Set(),
): Observer {
  let latest: { at: number; observation: Promise<Observation> } | undefined;
  const watchers: ((seen: Observation) => void)[] = [];

  async function observe(): Promise<Observation> {
    const started = performance.now();
    const listeners = await facts.readListeners();
    const byPort = new Map<number, Listener[]>();
    for (const listener of listeners) append(byPort, listener.port, listener);
    const listenersOn = (port: number): readonly Listener[] => byPort.get(port) ?? [];
    const kinOf = await findKin(listeners, leases, facts);
    const byLease = new Map<string, Found[]>();
    for (const listener of listeners) {
      for (const { id, isStarted } of kinOf(listener)) append(byLease, id, { listener, isStarted });
    }
    const seen: Observation = {
      tookMs: performance.now() - started,
      all: () => listeners,
      leaseOf: (listener) => mostLikely(listener, kinOf(listener), leases),
      listenersOn,
      stateOf: (lease) => sightOf(lease, byLease.get(lease.id) ?? [], { listenersOn, leases, reserved }),
    };
    for (const tell of watchers) tell(seen);
    return seen;
  }

  const look: Observer['look'] = ({ afresh = false } = {}) => {
    const now = clock();
    // A clock that was set back must not keep an old look fresh.
    if (afresh || !latest || Math.abs(now - latest.at) > FRESH_FOR_MS) {
      const current = { at: now, observation: observe() };
      latest = current;
      // What could not be read is not remembered.
      current.observation.catch(() => latest === current && (latest = undefined));
    }
    return latest.observation;
  };
  return {
    look,
    portsInUse:
      facts.portsInUse ?? (async () => new Set((await look({ afresh: true })).all().map(({ port }) => port))),
    onLook: (listener) => void watchers.push(listener),
  };
}

interface Found {
  listener: Listener;
  isStarted: boolean;
}

interface Surroundings {
  listenersOn(port: number): readonly Listener[];
  leases: LeaseTable;
  reserved: ReadonlySet<number>;
}

function sightOf(
  lease: Lease,
  found: readonly Found[],
  { listenersOn, leases, reserved }: Surroundings,
): Sight {
  const verdict = judge(
    lease,
    {
      own: found.map(({ listener }) => listener.port),
      started: found.filter(({ isStarted }) => isStarted).map(({ listener }) => listener.port),
    },
    (port) => !reserved.has(port) && (leases.at(port) ?? lease).id === lease.id,
  );
  const { state, driftedTo } = verdict;
  const own = (port: number): Listener[] =>
    found.map(({ listener }) => listener).filter((listener) => listener.port === port);
  if (state === 'bound') return { ...verdict, listeners: own(lease.port) };
  if (state === 'drifted') return { ...verdict, listeners: driftedTo.flatMap(own) };
  const ports = state === 'orphaned' ? portsOf(lease) : [lease.port];
  return { ...verdict, listeners: ports.flatMap(listenersOn) };
}

/** A lease that a process stands for. */
interface Kin {
  readonly id: string;
  /** It was started for the lease; otherwise it holds it. */
  readonly isStarted: boolean;
}

/** For each listener the leases it belongs to, each process looked at once. */
async function findKin(
  listeners: readonly Listener[],
  leases: LeaseTable,
  facts: MachineFacts,
): Promise<(listener: Listener) => readonly Kin[]> {
  const owners = processesOfLeases(leases);
  const known = new Map<number, readonly Kin[]>();
  let pauseAt = performance.now() + SLICE_MS;
  for (const { pid } of leases.size > 0 ? listeners : []) {
    if (pid === null || known.has(pid)) continue;
    known.set(pid, kinOf(pid, owners, facts));
    if (performance.now() < pauseAt) continue;
    await setImmediate();
    pauseAt = performance.now() + SLICE_MS;
  }
  return ({ pid }) => known.get(pid ?? -1) ?? [];
}

/** Which leases a process stands for: as holder, or as the service started with the port. */
function processesOfLeases(leases: LeaseTable): Map<number, Kin[]> {
  const owners = new Map<number, Kin[]>();
  for (const { id, holder, service } of leases.all()) {
    const holderPid = 'pid' in holder ? holder.pid : undefined;
    if (service) append(owners, service.pid, { id, isStarted: true });
    if (holderPid !== undefined && holderPid !== service?.pid)
      append(owners, holderPid, { id, isStarted: false });
  }
  return owners;
}

function kinOf(pid: number, owners: ReadonlyMap<number, readonly Kin[]>, facts: MachineFacts): Kin[] {
  const marked = facts.leaseMarkerOf(pid);
  const found = new Map<string, Kin>();
  for (let ancestor: number | undefined = pid, depth = 0; ancestor && depth < 64; depth++) {
    const kin = owners.get(ancestor);
    if (kin) {
      for (const each of kin) found.set(each.id, each);
      break;
    }
    ancestor = facts.parentOf(ancestor);
  }
  if (marked !== undefined) found.set(marked, { id: marked, isStarted: true });
  return [...found.values()];
}

/** The lease of that very port; else the first that knows the process. */
function mostLikely({ port }: Listener, kin: readonly Kin[], leases: LeaseTable): Lease | undefined {
  const own = kin.map(({ id }) => leases.get(id)).filter((lease) => lease !== undefined);
  return own.find(({ id }) => leases.at(port)?.id === id) ?? own[0];
}

function append<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const values = map.get(key);
  if (values) values.push(value);
  else map.set(key, [value]);
}
