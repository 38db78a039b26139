import { StyxyError } from '../../base/styxy-error.ts';
import { candidatePorts, type CandidateSources } from '../../domain/candidates.ts';
import { pidOf, type Hold, type Lease } from '../../domain/lease.ts';
import { refusalOf, typeOfRequest, type LeaseRequest } from '../../domain/request.ts';
import type { ServiceType } from '../../domain/service-type.ts';
import type { Core } from '../core.ts';

export type GrantContext = Pick<
  Core,
  'state' | 'ledger' | 'machine' | 'settings' | 'events' | 'newId' | 'clock' | 'log'
>;

/**
 * Finds a port for the request, and leases it.
 * Calls must not overlap: the caller queues them, so that no port is judged by two at once.
 * @throws StyxyError UNKNOWN_TYPE, PORT_NOT_ALLOWED, PORT_TAKEN, RANGE_FULL, STATE_UNWRITABLE
 */
export async function grant(context: GrantContext, request: LeaseRequest): Promise<Lease> {
  const { state, machine, clock } = context;
  const type = typeOfRequest(request, state.catalog);
  const wish = request.port ?? request.prefer;
  const refusal = wish === undefined ? undefined : refusalOf(wish, type, request.force, state);
  if (refusal) throw refusal;

  const taken: number[] = [];
  for (const port of candidatePorts(request, type, state, clock())) {
    // Asked of the OS, for every port, every time.
    if (await machine.isPortFree(port)) {
      state.quarantine.clear(port);
      const lease = toLease(request, port, context.newId(), clock());
      context.ledger.add(lease);
      return lease;
    }
    taken.push(port);
    avoid(context, request, port);
    if (!context.settings().recovery.port_conflict.enabled) throw portTaken(port, state);
  }
  throw request.port === undefined ? rangeFull(type, taken, state) : portTaken(request.port, state);
}

/** A program outside Styxy holds the port. */
function avoid({ state, events, clock, log }: GrantContext, request: LeaseRequest, port: number): void {
  const avoidedMs = state.quarantine.add(port, clock());
  log.info('port is taken by an outsider', { port, avoided_ms: avoidedMs });
  events.emit('conflict', undefined, { ...aboutRequest(request), port, avoided_ms: avoidedMs });
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
    pid: pidOf(holder),
  };
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}

/**
 * A wrapper comes back with a lease that we don't know (the state was lost): it keeps its port if nobody has it.
 * @throws StyxyError LEASE_LOST, UNKNOWN_TYPE, PORT_NOT_ALLOWED, STATE_UNWRITABLE
 */
export function reassert(context: GrantContext, request: LeaseRequest, id: string): Lease {
  const { state, ledger, clock } = context;
  const { port } = request;
  const key = request.share?.key;
  const successor = key === undefined ? undefined : state.leases.shared(key);
  if (port === undefined || state.leases.at(port) || successor) {
    throw new StyxyError('LEASE_LOST', `lease ${id} can't be taken up again`, {
      why: whyLost(port, successor),
      details: { lock_id: id, port: port ?? null },
    });
  }
  const refusal = refusalOf(port, typeOfRequest(request, state.catalog), request.force, state);
  if (refusal) throw refusal;
  const lease = toLease(request, port, id, clock());
  ledger.add(lease);
  return lease;
}

function whyLost(port: number | undefined, successor: Lease | undefined): string {
  if (successor) return `the service has got port ${successor.port} since`;
  return port === undefined
    ? 'nobody knows its port any more'
    : `port ${port} has been leased to another since`;
}

function toLease(request: LeaseRequest, port: number, id: string, allocatedAt: number): Lease {
  const { type, name, share } = request;
  const holdId = share?.holdId ?? id;
  return {
    id,
    port,
    type,
    name,
    holds: [toHold(request, holdId)],
    service: undefined,
    allocatedAt,
    ...(share && { shared: { key: share.key, servedBy: share.serves ? holdId : undefined } }),
  };
}

/** What keeps a lease for this request. */
export function toHold(request: LeaseRequest, id: string): Hold {
  const { holder, project, origin, branch, instance, command, requestId } = request;
  return { id, holder, project, ...(origin && { origin }), branch, instance, command, requestId };
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

function describeHolder(
  { port: own, type, name, holds: [{ project, command }] }: Lease,
  port: number,
): string {
  const service = `"${name ?? type}"${project ? ` in ${project}` : ''}`;
  if (own !== port) return `${service} listens there instead of on its port ${own}`;
  return `it is leased to ${service}${command ? ` (${command})` : ''}`;
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
