import { createPortPool, type PortPool } from './port-pool.ts';
import type { Catalog, ServiceType } from './service-type.ts';

/** Which ports of which type are fresh, and which were given back when. */
export interface Pools {
  of(type: ServiceType): PortPool;
  take(port: number): void;
  giveBack(port: number): void;
}

/** Far more than there are types; only what projects define for themselves can grow without bound. */
const POOLS_KEPT = 200;

/**
 * One for each type and range: a type whose range was changed gets another, and so do projects that mean different
 * ranges by the same name.
 * @param leased what is leased is no fresh port
 */
export function createPools(catalog: Catalog, leased: ReadonlyMap<number, unknown>): Pools {
  const pools = new Map<string, PortPool>();

  function of({ name, range }: ServiceType): PortPool {
    const key = `${name} ${range.join('-')}`;
    const known = pools.get(key);
    if (known) return known;
    const made = createPortPool(range);
    for (const port of leased.keys()) made.take(port);
    const oldest = pools.size >= POOLS_KEPT ? pools.keys().next().value : undefined;
    if (oldest !== undefined) pools.delete(oldest);
    pools.set(key, made);
    return made;
  }

  /** Every pool that the port lies in: ranges of projects may overlap those of other projects. */
  function poolsOfPort(port: number): Iterable<PortPool> {
    const type = catalog.typeOfPort(port);
    if (type) of(type);
    return pools.values();
  }

  return {
    of,
    take(port) {
      for (const pool of poolsOfPort(port)) pool.take(port);
    },
    giveBack(port) {
      for (const pool of poolsOfPort(port)) pool.giveBack(port);
    },
  };
}
