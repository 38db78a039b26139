import { portsOf, type Lease } from '../../domain/lease.ts';
import type { LeaseTable } from '../../domain/lease-table.ts';
import { isServedByContainer, judge, type SeenState } from '../../domain/reconcile.ts';
import type { WireListener } from '../../protocol/answers/listener.ts';
import { inSlices } from '../../system/slices.ts';

/** How long one look at the machine's listeners serves all who ask. ms */
const FRESH_FOR_MS = 150;

/** The facts of the machine that the observer needs; passed in so that tests can show it any machine. */
export interface MachineFacts {
  readListeners(): Promise<WireListener[]>;
  /** The ports that have a listener, without the search for the processes; by default, from the listeners. */
  portsInUse?(): Promise<ReadonlySet<number>>;
  parentOf(pid: number): number | undefined;
  /** The lease whose marker stands in the process's environment. */
  leaseMarkerOf(pid: number): string | undefined;
}

/** What the machine says about one lease. */
export interface Sight {
  readonly state: SeenState;
  /** A process of the lease is among the listeners. One that is bound without that is served by a container. */
  readonly isOwn: boolean;
  /** On the lease's port, or where it has drifted to; the one to go to first. */
  readonly listeners: readonly WireListener[];
  /** The ports it has drifted to. */
  readonly driftedTo: readonly number[];
}

export interface Observation {
  /** What this look has cost. */
  readonly tookMs: number;
  listenersOn(port: number): readonly WireListener[];
  stateOf(lease: Lease): Sight;
  all(): readonly WireListener[];
  /** The lease whose holder's process tree this listener is in, on whatever port. */
  leaseOf(listener: WireListener): Lease | undefined;
}

export interface Observer {
  /** All listeners of the machine, at most 150 ms old; as of now when `afresh`. */
  look(options?: { afresh?: boolean }): Promise<Observation>;
  /** The ports that have a listener now: a fraction of the cost of a look. */
  portsInUse(): Promise<ReadonlySet<number>>;
  /** Told of each new look, whoever asked for it, before he is answered. */
  onLook(listener: (seen: Observation) => Promise<void> | void): void;
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
  const watchers: ((seen: Observation) => Promise<void> | void)[] = [];

  async function observe(): Promise<Observation> {
    const started = performance.now();
    const listeners = await facts.readListeners();
    const kinship = await findKinship(listeners, leases, facts);
    const byPort = toPorts(listeners);
    const listenersOn = (port: number): readonly WireListener[] => byPort.get(port) ?? [];
    const seen: Observation = {
      tookMs: performance.now() - started,
      all: () => listeners,
      leaseOf: (listener) => kinship.leaseOf(listener),
      listenersOn,
      stateOf: (lease) => sightOf(lease, kinship.groupsOf(lease), listenersOn),
    };
    for (const tell of watchers) await tell(seen);
    return seen;
  }

  function sightOf(lease: Lease, groups: readonly Group[], listenersOn: Observation['listenersOn']): Sight {
    const on = (port: number): WireListener[] => groups.flatMap(({ ports }) => ports.get(port) ?? []);
    // Docker listens, or the firewall leads the port into the container: no process of the lease does.
    const published = listenersOn(lease.port).filter(({ container }) =>
      isServedByContainer(lease, container?.created_at),
    );
    const isOwn = groups.some(({ ports }) => ports.has(lease.port));
    const isBound = isOwn || published.length > 0;
    const started = isBound ? [] : groups.filter(({ isStarted }) => isStarted);
    const isClaimable = (port: number): boolean =>
      !reserved.has(port) && (leases.at(port) ?? lease).id === lease.id;
    const verdict = judge(
      lease,
      { isBound, started: started.flatMap(({ ports }) => [...ports.keys()]) },
      isClaimable,
    );
    const { state, driftedTo } = verdict;
    if (state === 'bound') return { ...verdict, isOwn, listeners: unique([...on(lease.port), ...published]) };
    if (state === 'drifted') return { ...verdict, isOwn: true, listeners: unique(driftedTo.flatMap(on)) };
    const ports = state === 'orphaned' ? portsOf(lease) : [lease.port];
    return { ...verdict, isOwn, listeners: ports.flatMap(listenersOn) };
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

type Ports = ReadonlyMap<number, readonly WireListener[]>;

/** Listeners that belong together to a lease. */
interface Group {
  readonly ports: Ports;
  /** They were started for the lease; otherwise they belong to its holder. */
  readonly isStarted: boolean;
}

interface Kinship {
  groupsOf(lease: Lease): Group[];
  leaseOf(listener: WireListener): Lease | undefined;
}

/** What ties a listening process to leases: the nearest process that stands for one, and its own marker. */
interface Kin {
  readonly owner: number | undefined;
  readonly marker: string | undefined;
}

/**
 * Whose the listeners are, each process looked at once. Kept by process rather than by lease: a thousand leases of one
 * process with a hundred sockets are no hundred thousand ties.
 */
async function findKinship(
  listeners: readonly WireListener[],
  leases: LeaseTable,
  facts: MachineFacts,
): Promise<Kinship> {
  const owners = ownersAmong(leases);
  const kin = new Map<number, Kin>();
  await inSlices(leases.size > 0 ? listeners : [], ({ pid }) => {
    if (pid === null || kin.has(pid)) return;
    kin.set(pid, { owner: ownerOf(pid, owners, facts), marker: facts.leaseMarkerOf(pid) });
  });

  const byOwner = new Map<number, WireListener[]>();
  const byMarker = new Map<string, WireListener[]>();
  for (const listener of listeners) {
    const { owner, marker } = kin.get(listener.pid ?? -1) ?? {};
    if (owner !== undefined) append(byOwner, owner, listener);
    if (marker !== undefined) append(byMarker, marker, listener);
  }
  const portsOfOwner = new Map([...byOwner].map(([pid, own]) => [pid, toPorts(own)]));
  const portsOfMarker = new Map([...byMarker].map(([id, own]) => [id, toPorts(own)]));

  function groupsOf(lease: Lease): Group[] {
    const groups: Group[] = [];
    const add = (ports: Ports | undefined, isStarted: boolean): void => {
      if (ports) groups.push({ ports, isStarted });
    };
    const { service } = lease;
    const holder = holderPid(lease);
    add(portsOfMarker.get(lease.id), true);
    if (service) add(portsOfOwner.get(service.pid), true);
    if (holder !== undefined && holder !== service?.pid) add(portsOfOwner.get(holder), false);
    return groups;
  }

  return {
    groupsOf,
    leaseOf({ pid, port }) {
      const { owner, marker } = kin.get(pid ?? -1) ?? {};
      const isKin = (lease: Lease): boolean =>
        lease.id === marker ||
        (owner !== undefined && (owner === holderPid(lease) || owner === lease.service?.pid));
      // The lease of that very port; else the first that knows the process.
      const ofPort = leases.at(port);
      if (ofPort && isKin(ofPort)) return ofPort;
      return leases.get(marker ?? '') ?? leases.get(owners.get(owner ?? -1) ?? '');
    },
  };
}

/** The processes that stand for a lease, as holder or as the service started with the port; and one lease of each. */
function ownersAmong(leases: LeaseTable): Map<number, string> {
  const owners = new Map<number, string>();
  for (const lease of leases.all()) {
    const holder = holderPid(lease);
    if (holder !== undefined) owners.set(holder, lease.id);
    if (lease.service) owners.set(lease.service.pid, lease.id);
  }
  return owners;
}

const holderPid = ({ holder }: Lease): number | undefined => ('pid' in holder ? holder.pid : undefined);

/** The nearest ancestor, or the process itself, that stands for a lease. */
function ownerOf(
  pid: number,
  owners: ReadonlyMap<number, string>,
  { parentOf }: MachineFacts,
): number | undefined {
  if (owners.size === 0) return undefined;
  for (let ancestor: number | undefined = pid, depth = 0; ancestor && depth < 64; depth++) {
    if (owners.has(ancestor)) return ancestor;
    ancestor = parentOf(ancestor);
  }
  return undefined;
}

function toPorts(listeners: readonly WireListener[]): Map<number, WireListener[]> {
  const ports = new Map<number, WireListener[]>();
  for (const listener of listeners) append(ports, listener.port, listener);
  return ports;
}

/** A process may belong to its lease by its marker and by its parents. */
const unique = (listeners: readonly WireListener[]): WireListener[] => [...new Set(listeners)];

function append<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const values = map.get(key);
  if (values) values.push(value);
  else map.set(key, [value]);
}
