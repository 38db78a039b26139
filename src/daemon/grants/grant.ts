import { homedir } from 'node:os';
import { StyxyError } from '../../base/styxy-error.ts';
import type { CandidateSources } from '../../domain/candidates.ts';
import { leasedWords, portUserWords } from '../../domain/decision.ts';
import { pidOf, type Hold, type Lease, type Shared } from '../../domain/lease.ts';
import {
  mayLeaveRange,
  refusalOf,
  typeOfRequest,
  type LeaseRequest,
  type PortRules,
  type Share,
} from '../../domain/request.ts';
import type { ServiceType } from '../../domain/service-type.ts';
import type { PortUser, Reason } from '../../domain/reason.ts';
import type { Core } from '../core.ts';
import { hostOf } from './host.ts';
import { findPorts, userOf, type FindContext } from './find-ports.ts';
import { internReason, type KnownReasons } from './intern.ts';
import { takeReasonTold, type ToldPorts } from './told.ts';

export interface GrantContext
  extends FindContext, Pick<Core, 'ledger' | 'settings' | 'events' | 'newId' | 'log'> {
  readonly told: ToldPorts;
  readonly reasons: KnownReasons;
}

/**
 * Finds a port for the request, and leases it.
 * Calls must not overlap: the caller queues them, so that no port is judged by two at once.
 * @throws StyxyError UNKNOWN_TYPE, PORT_NOT_ALLOWED, PORT_TAKEN, RANGE_FULL, STATE_UNWRITABLE
 */
export async function grant(context: GrantContext, request: LeaseRequest): Promise<Lease> {
  const { state, machine, clock } = context;
  const type = typeOfRequest(request, state.catalog);
  requireAllowed(request, type, state);
  const { found, taken } = await findPorts(context, request, type, 1);
  const [best] = found;
  if (best) {
    state.quarantine.clear(best.port);
    const reason = internReason(
      context.reasons,
      takeReasonTold(context.told, best.port, request, type) ?? best.reason,
    );
    const lease = toLease(request, best.port, reason, {
      id: context.newId(),
      host: hostOf(context, request, type),
      allocatedAt: clock(),
    });
    machine.noteGrant(lease.id);
    context.ledger.add(lease);
    for (const port of taken) avoid(context, request, port, 'before_grant');
    return lease;
  }
  for (const port of taken) avoid(context, request, port, 'before_grant');
  const { enabled } = context.settings().recovery.port_conflict;
  const refused = request.port ?? (enabled ? undefined : taken[0]);
  throw refused === undefined ? rangeFull(type, taken, state) : await portTaken(context, refused);
}

/** @throws StyxyError PORT_NOT_ALLOWED when the port that must be had may not be leased */
export function requireAllowed(
  request: Pick<LeaseRequest, 'port' | 'force' | 'isTypeDefault'>,
  type: ServiceType,
  rules: PortRules,
): void {
  const { port } = request;
  const refusal = port === undefined ? undefined : refusalOf(port, type, mayLeaveRange(request, port), rules);
  if (refusal) throw refusal;
}

/** The port was in use when it was to be leased, or was taken between the lease and the start of its program. */
type ConflictMoment = 'before_grant' | 'before_bind';

/** A program outside Styxy holds the port. */
export function avoid(
  { state, events, clock, log }: Pick<GrantContext, 'state' | 'events' | 'clock' | 'log'>,
  request: LeaseRequest,
  port: number,
  when: ConflictMoment,
): void {
  const avoidedMs = state.quarantine.add(port, clock());
  log.info('port is taken by an outsider', { port, avoided_ms: avoidedMs });
  events.emit('conflict', undefined, { ...aboutRequest(request), port, when, avoided_ms: avoidedMs });
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

const REASSERTED: Reason = { code: 'reasserted', text: 'its port from before' };

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
  const type = typeOfRequest(request, state.catalog);
  requireAllowed(request, type, state);
  state.quarantine.clear(port);
  const host = hostOf(context, request, type);
  const lease = toLease(request, port, REASSERTED, { id, host, allocatedAt: clock() });
  ledger.add(lease);
  return lease;
}

function whyLost(port: number | undefined, successor: Lease | undefined): string {
  if (successor) return `the service has got port ${successor.port} since`;
  return port === undefined
    ? 'nobody knows its port any more'
    : `port ${port} has been leased to another since`;
}

function toLease(
  request: LeaseRequest,
  port: number,
  reason: Reason,
  { id, host, allocatedAt }: Pick<Lease, 'id' | 'host' | 'allocatedAt'>,
): Lease {
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
    ...(host !== undefined && { host }),
    reason,
    ...(share && { shared: toShared(share) }),
  };
}

function toShared({ key, holdId, serves, isOfMachine }: Share): Shared {
  return { key, servedBy: serves ? holdId : undefined, ...(isOfMachine && { isOfMachine }) };
}

/** What keeps a lease for this request. */
export function toHold(request: LeaseRequest, id: string): Hold {
  const { holder, project, origin, branch, instance, command, requestId, handsOn, inside } = request;
  const nesting = { ...(handsOn && { handsOn }), ...(inside !== undefined && { inside }) };
  return { id, holder, project, ...(origin && { origin }), branch, instance, command, requestId, ...nesting };
}

/** The refusal of a port, with the lease or the program that it belongs to. */
export async function portTaken(
  context: Pick<Core, 'state' | 'observer'>,
  port: number,
): Promise<StyxyError> {
  const lease = context.state.leases.at(port);
  const user = lease ? undefined : await userOf(context, port);
  const home = homedir();
  const command = lease?.holds[0].command;
  return new StyxyError('PORT_TAKEN', `port ${port} is taken`, {
    why: lease
      ? `${leasedWords(port, lease, home)}${command ? `, which runs ${command}` : ''}`
      : `${port} is used by ${portUserWords(user, home)}`,
    hint: lease
      ? undefined
      : `styxy whose ${port} shows which program, or leave --port out to get the next free port`,
    details: { port, lock_id: lease?.id ?? null, holder: lease ? ofLease(lease) : ofUser(user) },
  });
}

/** The holder of a port, for programs. */
function ofLease({ type, name, service, holds: [first] }: Lease): Record<string, unknown> {
  return {
    pid: service?.pid ?? pidOf(first.holder) ?? null,
    command: first.command ?? null,
    folder: first.project ?? null,
    service_type: type,
    service_name: name ?? null,
  };
}

function ofUser(user: PortUser | undefined): Record<string, unknown> | null {
  return user ? { pid: user.pid, command: user.command, folder: user.cwd, user: user.user } : null;
}

function rangeFull(type: ServiceType, taken: readonly number[], { leases }: CandidateSources): StyxyError {
  const [first, last] = type.range;
  let leased = 0;
  for (let port = first; port <= last; port++) if (leases.at(port)) leased += 1;
  return new StyxyError('RANGE_FULL', `no free port for "${type.name}" in ${first}-${last}`, {
    why: `${leased} of ${last - first + 1} are leased and ${taken.length} are held by programs outside Styxy`,
    hint: `styxy list --type ${type.name} --external shows who holds them; styxy stop and styxy release give back`,
    details: { service_type: type.name, leased, taken },
  });
}
