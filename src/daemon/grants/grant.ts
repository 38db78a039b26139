import { StyxyError } from '../../base/styxy-error.ts';
import { affinityKey } from '../../domain/affinity.ts';
import { candidatePorts, type CandidateSources } from '../../domain/candidates.ts';
import type { Lease } from '../../domain/lease.ts';
import { refusalOf, typeOfRequest, type LeaseRequest } from '../../domain/request.ts';
import type { ServiceType } from '../../domain/service-type.ts';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/log.ts';
import type { Journal } from '../ledger/journal.ts';

/** What is done about a port that was to be leased and that a program outside Styxy holds. */
export interface ConflictPolicy {
  /** The next candidate is tried; otherwise the request fails. */
  passOver(): boolean;
  found(port: number, avoidedMs: number, request: LeaseRequest): void;
}

export interface GrantParts {
  readonly sources: CandidateSources;
  readonly journal: Pick<Journal, 'append'>;
  /** Does nothing listen there, whoever started it? Asked of the OS, for every port, every time. */
  readonly isPortFree: (port: number) => Promise<boolean>;
  readonly conflicts: ConflictPolicy;
  readonly newId: () => string;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Finds a port for the request, writes the lease to the journal, and only then returns it.
 * Calls must not overlap: the caller queues them, so that no port is judged by two at once.
 * @throws StyxyError UNKNOWN_TYPE, PORT_NOT_ALLOWED, PORT_TAKEN, RANGE_FULL, STATE_UNWRITABLE
 */
export async function grant(request: LeaseRequest, parts: GrantParts): Promise<Lease> {
  const { sources, clock } = parts;
  const type = typeOfRequest(request, sources.catalog);
  const wish = request.port ?? request.prefer;
  const refusal = wish === undefined ? undefined : refusalOf(wish, type, request.force, sources);
  if (refusal) throw refusal;

  const taken: number[] = [];
  for (const port of candidatePorts(request, type, sources, clock())) {
    if (await parts.isPortFree(port)) {
      sources.quarantine.clear(port);
      return enter(toLease(port, request, parts), parts);
    }
    taken.push(port);
    const avoidedMs = sources.quarantine.add(port, clock());
    parts.log.info('port is taken by an outsider', { port, avoided_ms: avoidedMs });
    parts.conflicts.found(port, avoidedMs, request);
    if (!parts.conflicts.passOver()) throw portTaken(port, sources);
  }
  throw request.port === undefined ? rangeFull(type, taken, sources) : portTaken(request.port, sources);
}

/** What an event says about a request that has no lease (yet). */
export function aboutRequest(request: LeaseRequest): Record<string, unknown> {
  const { type, name, project, instance, holder, port, prefer } = request;
  const facts = {
    port: port ?? prefer,
    service_type: type,
    service_name: name,
    project_path: project,
    instance_id: instance,
    pid: 'pid' in holder ? holder.pid : undefined,
  };
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}

/**
 * A wrapper comes back with a lease that we don't know (the state was lost): it keeps its port if nobody has it.
 * @throws StyxyError LEASE_LOST, UNKNOWN_TYPE, PORT_NOT_ALLOWED, STATE_UNWRITABLE
 */
export function reassert(
  id: string,
  request: LeaseRequest,
  parts: Pick<GrantParts, 'sources' | 'journal' | 'clock'>,
): Lease {
  const { sources, clock } = parts;
  const { port } = request;
  const key = request.sharing?.key;
  const successor = key === undefined ? undefined : sources.leases.shared(key);
  if (port === undefined || sources.leases.at(port) || successor) {
    throw new StyxyError('LEASE_LOST', `lease ${id} can't be taken up again`, {
      why: whyLost(port, successor),
      details: { lock_id: id, port: port ?? null },
    });
  }
  const refusal = refusalOf(port, typeOfRequest(request, sources.catalog), request.force, sources);
  if (refusal) throw refusal;
  const { avoid: _, prefer: __, force: ___, preferredAt: ____, projectType: _____, ...lease } = request;
  return enter({ ...lease, port, id, allocatedAt: clock() }, parts);
}

function whyLost(port: number | undefined, successor: Lease | undefined): string {
  if (successor) return `the service has got port ${successor.port} since`;
  return port === undefined
    ? 'nobody knows its port any more'
    : `port ${port} has been leased to another since`;
}

/** Makes a lease real: in the table, in the journal, in the affinities. All or nothing. */
export function enter(lease: Lease, { sources, journal }: Pick<GrantParts, 'sources' | 'journal'>): Lease {
  sources.leases.add(lease);
  try {
    journal.append({ op: 'lease', lease });
  } catch (error) {
    sources.leases.remove(lease.id);
    throw error;
  }
  const key = affinityKey(lease.project, lease.type, lease.name);
  if (key !== undefined) sources.affinities.remember(key, lease.port);
  return lease;
}

function toLease(port: number, request: LeaseRequest, { newId, clock }: GrantParts): Lease {
  const { type, name, project, branch, instance, command, requestId, holder, service, sharing } = request;
  return {
    id: newId(),
    port,
    type,
    name,
    project,
    branch,
    instance,
    command,
    requestId,
    holder,
    service,
    allocatedAt: clock(),
    ...(sharing && { sharing }),
  };
}

function portTaken(port: number, { leases }: CandidateSources): StyxyError {
  const lease = leases.at(port);
  return new StyxyError('PORT_TAKEN', `port ${port} is taken`, {
    why: lease ? describeHolder(lease, port) : 'a program that does not go through Styxy holds it',
    hint: lease
      ? undefined
      : `styxy whose ${port} shows which program, or leave --port out to get the next free port`,
    details: { port, lock_id: lease?.id ?? null },
  });
}

function describeHolder(lease: Lease, port: number): string {
  if (lease.port !== port) {
    return `"${lease.name ?? lease.type}"${lease.project ? ` in ${lease.project}` : ''} listens there instead of on its port ${lease.port}`;
  }
  const where = lease.project ? ` in ${lease.project}` : '';
  return `it is leased to "${lease.name ?? lease.type}"${where}${lease.command ? ` (${lease.command})` : ''}`;
}

function rangeFull(type: ServiceType, taken: number[], { leases }: CandidateSources): StyxyError {
  const [first, last] = type.range;
  let leased = 0;
  for (let port = first; port <= last; port++) if (leases.at(port)) leased += 1;
  return new StyxyError('RANGE_FULL', `no free port for "${type.name}" in ${first}-${last}`, {
    why: `${leased} of ${last - first + 1} are leased and ${taken.length} are held by programs outside Styxy`,
    hint: `styxy list --type ${type.name} --external shows who holds them; styxy stop and styxy release give back`,
    details: { service_type: type.name, leased, taken },
  });
}
