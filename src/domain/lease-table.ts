import { affinityKey } from './affinity.ts';
import { portsOf, type Lease } from './lease.ts';
import { createPortPool, type PortPool } from './port-pool.ts';
import type { Catalog, ServiceType } from './service-type.ts';

/**
 * All live leases, found by id, by port, by the request that made them and by their owner. A port, be it leased or
 * where a lease has drifted to, is in it at most once: `add` and `replace` throw rather than have two leases on one. Everything is synchronous, so two askers can't interleave.
 */
export interface LeaseTable {
  readonly size: number;
  get(id: string): Lease | undefined;
  /** The lease of this port, or the one whose program listens there instead of on its own. */
  at(port: number): Lease | undefined;
  madeBy(requestId: string): Lease | undefined;
  /** The live lease that the same owner already has for the same service. */
  ownedLike(lease: Pick<Lease, 'project' | 'type' | 'name' | 'holder'>): Lease | undefined;
  /** The live lease of a service that runs once. */
  shared(key: string): Lease | undefined;
  all(): IterableIterator<Lease>;
  add(lease: Lease): void;
  replace(lease: Lease): void;
  remove(id: string): Lease | undefined;
  pool(type: ServiceType): PortPool;
  /** Marks a port as used before, so that services new to it try untouched ports first. */
  markUsed(port: number): void;
}

/** Far more than there are types; only what projects define for themselves can grow without bound. */
const POOLS_KEPT = 200;

export function createLeaseTable(catalog: Catalog): LeaseTable {
  const byId = new Map<string, Lease>();
  const byPort = new Map<number, Lease>();
  const byRequest = new Map<string, string>();
  const byOwner = new Map<string, string>();
  const bySharing = new Map<string, string>();
  const pools = new Map<string, PortPool>();

  /**
   * One for each type and range: a type whose range was changed gets another, and so do projects that mean different
   * ranges by the same name. What is leased there is no fresh port.
   */
  function pool({ name, range }: ServiceType): PortPool {
    const key = `${name} ${range.join('-')}`;
    const known = pools.get(key);
    if (known) return known;
    const made = createPortPool(range);
    for (const port of byPort.keys()) made.take(port);
    const oldest = pools.size >= POOLS_KEPT ? pools.keys().next().value : undefined;
    if (oldest !== undefined) pools.delete(oldest);
    pools.set(key, made);
    return made;
  }

  /** Every pool that the port lies in: ranges of projects may overlap those of other projects. */
  function poolsOfPort(port: number): Iterable<PortPool> {
    const type = catalog.typeOfPort(port);
    if (type) pool(type);
    return pools.values();
  }

  function take(port: number): void {
    for (const each of poolsOfPort(port)) each.take(port);
  }

  function giveBack(port: number): void {
    for (const each of poolsOfPort(port)) each.giveBack(port);
  }

  function index(lease: Lease): void {
    byId.set(lease.id, lease);
    for (const port of portsOf(lease)) byPort.set(port, lease);
    if (lease.requestId !== undefined) byRequest.set(lease.requestId, lease.id);
    const owner = ownerKey(lease);
    if (owner !== undefined) byOwner.set(owner, lease.id);
    if (lease.sharing?.key !== undefined) bySharing.set(lease.sharing.key, lease.id);
  }

  function unindex(lease: Lease): void {
    byId.delete(lease.id);
    for (const port of portsOf(lease)) byPort.delete(port);
    const { requestId } = lease;
    if (requestId !== undefined && byRequest.get(requestId) === lease.id) byRequest.delete(requestId);
    const owner = ownerKey(lease);
    if (owner !== undefined && byOwner.get(owner) === lease.id) byOwner.delete(owner);
    const key = lease.sharing?.key;
    if (key !== undefined && bySharing.get(key) === lease.id) bySharing.delete(key);
  }

  function requireNobodyElse(lease: Lease): void {
    for (const port of portsOf(lease)) {
      const other = byPort.get(port);
      if (other && other.id !== lease.id) throw new Error(`port ${port} would be leased twice`);
    }
  }

  return {
    get size() {
      return byId.size;
    },
    get: (id) => byId.get(id),
    at: (port) => byPort.get(port),
    madeBy: (requestId) => byId.get(byRequest.get(requestId) ?? ''),
    ownedLike: (lease) => byId.get(byOwner.get(ownerKey(lease) ?? '') ?? ''),
    shared: (key) => byId.get(bySharing.get(key) ?? ''),
    all: () => byId.values(),
    add(lease) {
      if (byId.has(lease.id)) throw new Error(`lease ${lease.id} would be there twice`);
      requireNobodyElse(lease);
      index(lease);
      for (const port of portsOf(lease)) take(port);
    },
    replace(lease) {
      const old = byId.get(lease.id);
      if (!old || old.port !== lease.port) throw new Error(`lease ${lease.id} is not there to be replaced`);
      requireNobodyElse(lease);
      unindex(old);
      index(lease);
      const [before, now] = [portsOf(old), portsOf(lease)];
      for (const port of now) if (!before.includes(port)) take(port);
      for (const port of before) if (!now.includes(port)) giveBack(port);
    },
    remove(id) {
      const lease = byId.get(id);
      if (!lease) return undefined;
      unindex(lease);
      for (const port of portsOf(lease)) giveBack(port);
      return lease;
    },
    pool,
    markUsed(port) {
      if (!byPort.has(port)) giveBack(port);
    },
  };
}

/** Owners that outlive one connection can ask twice; they get the lease they have. */
function ownerKey({ project, type, name, holder }: Pick<Lease, 'project' | 'type' | 'name' | 'holder'>) {
  const service = affinityKey(project, type, name);
  if (service === undefined) return undefined;
  if (holder.kind === 'process') return `${service} process ${holder.pid} ${holder.startTime}`;
  if (holder.kind === 'instance') return `${service} instance ${holder.id}`;
  return undefined;
}
