import { createAffinities } from '../../src/domain/affinity.ts';
import type { CandidateSources } from '../../src/domain/candidates.ts';
import type { Lease } from '../../src/domain/lease.ts';
import { createLeaseTable } from '../../src/domain/lease-table.ts';
import { createQuarantine } from '../../src/domain/quarantine.ts';
import type { LeaseRequest } from '../../src/domain/request.ts';
import { createCatalog, type ServiceType } from '../../src/domain/service-type.ts';

/** Facts for tests of the rules about leases; each test names only those that matter to it. */

export function serviceType(
  name: string,
  first: number,
  last: number,
  own: Partial<ServiceType> = {},
): ServiceType {
  return { name, range: [first, last], preferred: [], behavior: 'multi', description: '', ...own };
}

export function lease(port: number, own: Partial<Lease> = {}): Lease {
  return {
    id: `lease-${port}`,
    port,
    type: 'dev',
    name: undefined,
    project: undefined,
    branch: undefined,
    instance: undefined,
    command: undefined,
    requestId: undefined,
    service: undefined,
    holder: { kind: 'ttl', expiresAt: 1000 },
    allocatedAt: 0,
    ...own,
  };
}

export function request(own: Partial<LeaseRequest> = {}): LeaseRequest {
  const { id: _, port: __, allocatedAt: ___, ...wish } = lease(0);
  return {
    ...wish,
    port: undefined,
    prefer: undefined,
    avoid: [],
    force: false,
    projectType: undefined,
    ...own,
  };
}

/** Empty tables for these types. */
export function sourcesFor(
  types: readonly ServiceType[],
  reserved: readonly number[] = [],
): CandidateSources {
  const catalog = createCatalog(types);
  return {
    catalog,
    leases: createLeaseTable(catalog),
    affinities: createAffinities(),
    reserved: new Set(reserved),
    quarantine: createQuarantine(() => ({ firstMs: 100, multiplier: 2, longestMs: 1000 })),
  };
}
