import { createAffinities } from '../../src/domain/affinity.ts';
import { candidatePorts, type CandidateSources } from '../../src/domain/candidates.ts';
import type { Hold, Lease } from '../../src/domain/lease.ts';
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

/** A lease with one hold, whose facts can be named with those of the lease. */
/** Facts of a lease and of its first hold. */
export type LeaseFacts = Partial<Lease> & Partial<Omit<Hold, 'id'>>;

export function lease(port: number, own: LeaseFacts = {}): Lease {
  const { holder, project, branch, instance, command, requestId, startedBy, ...rest } = own;
  const id = rest.id ?? `lease-${port}`;
  const subject = { project, branch, instance, command, requestId };
  const first = hold(id, holder ? { ...subject, holder } : subject);
  return {
    id,
    port,
    type: 'dev',
    name: undefined,
    service: undefined,
    holds: [startedBy ? { ...first, startedBy } : first],
    allocatedAt: 0,
    ...rest,
  };
}

/** By default one that a deadline keeps. */
export function hold(id: string, { holder, ...own }: Partial<Hold> = {}): Hold {
  const nothing = {
    project: undefined,
    branch: undefined,
    instance: undefined,
    command: undefined,
    requestId: undefined,
  };
  return { ...nothing, ...own, id, holder: holder ?? { kind: 'ttl', expiresAt: 1000 } };
}

export function request(own: Partial<LeaseRequest> = {}): LeaseRequest {
  const { id: _, ...subject } = hold('');
  return {
    ...subject,
    type: 'dev',
    name: undefined,
    port: undefined,
    prefer: undefined,
    avoid: [],
    force: false,
    projectType: undefined,
    ...own,
  };
}

/** The ports that may be granted for such a request, best first. */
export function portsOffered(
  own: Partial<LeaseRequest>,
  type: ServiceType,
  sources: CandidateSources,
  now = 0,
): number[] {
  return Array.from(candidatePorts(request(own), type, sources, now), ({ port }) => port);
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
