import { pidOf, type Lease } from '../../domain/lease.ts';
import type { LeaseTable } from '../../domain/lease-table.ts';
import type { WireListener } from '../../protocol/answers/listener.ts';
import { inSlices } from '../../system/slices.ts';
import type { PortFacts } from './facts.ts';

export type Ports = ReadonlyMap<number, readonly WireListener[]>;

/** Listeners that belong together to a lease. */
export interface OwnedListeners {
  readonly ports: Ports;
  /** They were started for the lease; otherwise they belong to one of its holders. */
  readonly isStarted: boolean;
}

/** Which lease each listener belongs to. */
export interface Ownership {
  ownedBy(lease: Lease): OwnedListeners[];
  leaseOf(listener: WireListener): Lease | undefined;
  /**
   * Its process carries the marker of another lease whose own port has no such process: it is that one's that drifted.
   * Or of one that has ended: it is nobody's.
   */
  isDriftOfOther(listener: WireListener, lease: Lease): boolean;
}

/** What ties a listening process to leases: the nearest process that stands for one, and its own marker. */
interface Owner {
  readonly pid: number | undefined;
  readonly marker: string | undefined;
}

/**
 * Each process is examined once, and results are kept by process rather than by lease: a thousand leases of one process
 * with a hundred sockets are no hundred thousand entries.
 */
export async function findOwnership(
  listeners: readonly WireListener[],
  leases: LeaseTable,
  facts: Pick<PortFacts, 'parentOf' | 'leaseMarkerOf'>,
): Promise<Ownership> {
  const standsFor = processesOfLeases(leases);
  const owners = new Map<number, Owner>();
  await inSlices(leases.size > 0 ? listeners : [], ({ pid }) => {
    if (pid === null || owners.has(pid)) return;
    owners.set(pid, { pid: nearestOwner(pid, standsFor, facts), marker: facts.leaseMarkerOf(pid) });
  });
  const ownerOf = ({ pid }: WireListener): Owner | undefined => owners.get(pid ?? -1);
  const leaseKnowing = (pid: number | undefined): Lease | undefined =>
    leases.get(standsFor.get(pid ?? -1) ?? '');
  /** It was started for a lease that has ended. A marker that a holder has itself is of a time before that holder. */
  const isOfEnded = ({ pid, marker }: Owner): boolean => {
    if (marker === undefined || leases.get(marker)) return false;
    const lease = leaseKnowing(pid);
    return ![...(lease ? holderPids(lease) : [])].some((holder) => facts.leaseMarkerOf(holder) === marker);
  };

  const byOwner = new Map<number, WireListener[]>();
  const byMarker = new Map<string, WireListener[]>();
  for (const listener of listeners) {
    const { pid, marker } = ownerOf(listener) ?? {};
    if (pid !== undefined) append(byOwner, pid, listener);
    if (marker !== undefined) append(byMarker, marker, listener);
  }
  const portsOfOwner = new Map([...byOwner].map(([pid, own]) => [pid, toPorts(own)]));
  const portsOfMarker = new Map([...byMarker].map(([id, own]) => [id, toPorts(own)]));

  return {
    ownedBy(lease) {
      const owned: OwnedListeners[] = [];
      const add = (ports: Ports | undefined, isStarted: boolean): void => {
        if (ports) owned.push({ ports, isStarted });
      };
      add(portsOfMarker.get(lease.id), true);
      const { service } = lease;
      if (service) add(portsOfOwner.get(service.pid), true);
      for (const pid of holderPids(lease)) if (pid !== service?.pid) add(portsOfOwner.get(pid), false);
      return owned;
    },
    isDriftOfOther(listener, { id }) {
      const owner = ownerOf(listener);
      if (owner && isOfEnded(owner)) return true;
      const { marker = '' } = owner ?? {};
      const other = marker === id ? undefined : leases.get(marker);
      return other !== undefined && !portsOfMarker.get(marker)?.has(other.port);
    },
    leaseOf(listener) {
      const owner = ownerOf(listener);
      if (!owner) return undefined;
      const { pid, marker } = owner;
      const isOwn = (lease: Lease): boolean =>
        lease.id === marker ||
        (pid !== undefined && (holderPids(lease).has(pid) || pid === lease.service?.pid));
      // The lease of that very port; else the first that knows the process.
      const ofPort = leases.at(listener.port);
      if (ofPort && isOwn(ofPort)) return ofPort;
      return isOfEnded(owner) ? undefined : (leases.get(marker ?? '') ?? leaseKnowing(pid));
    },
  };
}

/** The processes that stand for a lease, as holder or as the service started with the port; and one lease of each. */
function processesOfLeases(leases: LeaseTable): Map<number, string> {
  const processes = new Map<number, string>();
  for (const lease of leases.all()) {
    for (const pid of holderPids(lease)) processes.set(pid, lease.id);
    if (lease.service) processes.set(lease.service.pid, lease.id);
  }
  return processes;
}

function holderPids({ holds }: Lease): ReadonlySet<number> {
  const pids = new Set<number>();
  for (const { holder } of holds) {
    const pid = pidOf(holder);
    if (pid !== undefined) pids.add(pid);
  }
  return pids;
}

/** The nearest ancestor, or the process itself, that stands for a lease. */
function nearestOwner(
  pid: number,
  standsFor: ReadonlyMap<number, string>,
  { parentOf }: Pick<PortFacts, 'parentOf'>,
): number | undefined {
  if (standsFor.size === 0) return undefined;
  for (let ancestor: number | undefined = pid, depth = 0; ancestor && depth < 64; depth++) {
    if (standsFor.has(ancestor)) return ancestor;
    ancestor = parentOf(ancestor);
  }
  return undefined;
}

export function toPorts(listeners: readonly WireListener[]): Ports {
  const ports = new Map<number, WireListener[]>();
  for (const listener of listeners) append(ports, listener.port, listener);
  return ports;
}

function append<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const values = map.get(key);
  if (values) values.push(value);
  else map.set(key, [value]);
}
