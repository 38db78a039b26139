import { affinityKey } from './affinity.ts';
import { portsOf, type HoldSubject, type Lease } from './lease.ts';
import type { PortPool } from './port-pool.ts';
import { createPools } from './port-pools.ts';
import type { Catalog, ServiceType } from './service-type.ts';

/** What names an owner's service. */
type OwnedService = Pick<Lease, 'type' | 'name'> & Pick<HoldSubject, 'project' | 'holder'>;

/**
 * All live leases, found by id, by port, by the request that made them and by their owner. A port, be it leased or
 * where a lease has drifted to, is in it at most once: `add` and `replace` throw rather than have two leases on one.
 * Everything is synchronous, so two askers can't interleave.
 */
export interface LeaseTable {
  readonly size: number;
  get(id: string): Lease | undefined;
  /** The lease of this port, or the one whose program listens there instead of on its own. */
  at(port: number): Lease | undefined;
  madeBy(requestId: string): Lease | undefined;
  /** The live lease that the same owner already has for the same service. */
  ownedLike(asker: OwnedService): Lease | undefined;
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

export function createLeaseTable(catalog: Catalog): LeaseTable {
  const byId = new Map<string, Lease>();
  const byPort = new Map<number, Lease>();
  const byRequest = createIndex(({ holds: [first] }) => first.requestId);
  const byOwner = createIndex(({ type, name, holds: [first] }) => ownerKey({ type, name, ...first }));
  const bySharing = createIndex(({ shared }) => shared?.key);
  const indexes = [byRequest, byOwner, bySharing];
  const pools = createPools(catalog, byPort);

  function enter(lease: Lease): void {
    byId.set(lease.id, lease);
    for (const port of portsOf(lease)) byPort.set(port, lease);
    for (const each of indexes) each.enter(lease);
  }

  function strike(lease: Lease): void {
    byId.delete(lease.id);
    for (const port of portsOf(lease)) byPort.delete(port);
    for (const each of indexes) each.strike(lease);
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
    madeBy: (requestId) => byId.get(byRequest.idOf(requestId)),
    ownedLike: (asker) => byId.get(byOwner.idOf(ownerKey(asker))),
    shared: (key) => byId.get(bySharing.idOf(key)),
    all: () => byId.values(),
    add(lease) {
      if (byId.has(lease.id)) throw new Error(`lease ${lease.id} would be there twice`);
      requireNobodyElse(lease);
      enter(lease);
      for (const port of portsOf(lease)) pools.take(port);
    },
    replace(lease) {
      const old = byId.get(lease.id);
      if (!old || old.port !== lease.port) throw new Error(`lease ${lease.id} is not there to be replaced`);
      requireNobodyElse(lease);
      strike(old);
      enter(lease);
      const [before, now] = [portsOf(old), portsOf(lease)];
      for (const port of now) if (!before.includes(port)) pools.take(port);
      for (const port of before) if (!now.includes(port)) pools.giveBack(port);
    },
    remove(id) {
      const lease = byId.get(id);
      if (!lease) return undefined;
      strike(lease);
      for (const port of portsOf(lease)) pools.giveBack(port);
      return lease;
    },
    pool: pools.of,
    markUsed(port) {
      if (!byPort.has(port)) pools.giveBack(port);
    },
  };
}

/** Which lease has a key; of several with the same key the one that was entered last. */
function createIndex(keyOf: (lease: Lease) => string | undefined) {
  const ids = new Map<string, string>();
  return {
    idOf: (key: string | undefined): string => ids.get(key ?? '') ?? '',
    enter(lease: Lease): void {
      const key = keyOf(lease);
      if (key !== undefined) ids.set(key, lease.id);
    },
    strike(lease: Lease): void {
      const key = keyOf(lease);
      if (key !== undefined && ids.get(key) === lease.id) ids.delete(key);
    },
  };
}

/** Owners that outlive one connection can ask twice; they get the lease they have. */
function ownerKey({ project, type, name, holder }: OwnedService): string | undefined {
  const service = affinityKey(project, type, name);
  if (service === undefined) return undefined;
  if (holder.kind === 'process') return `${service} process ${holder.pid} ${holder.startTime}`;
  if (holder.kind === 'instance') return `${service} instance ${holder.id}`;
  return undefined;
}
