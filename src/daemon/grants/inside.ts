import { pidOf, processOf, type Lease, type ProcessId } from '../../domain/lease.ts';
import type { LeaseRequest } from '../../domain/request.ts';
import type { AllocateAnswer } from '../../protocol/answers/lease.ts';
import type { AllocateBody } from '../../protocol/requests/allocate.ts';
import type { Core } from '../core.ts';
import { typeOfRequest } from '../../domain/request.ts';
import { toAnswer } from '../ledger/allocation.ts';
import { hostOf } from './host.ts';

export type InsideContext = Pick<Core, 'state' | 'ledger' | 'machine' | 'settings'>;

/**
 * A run whose command is another run (a prefixed package script behind an agent's prefix) hands its lease on to that
 * one: there is one service, by the name and type that the inner run was given. The outer one goes on to hold it. Only
 * one inner run at a time gets it, and only where the port is one that it may have.
 * @param running the service that was asked for, where it runs already
 * @returns undefined: the asker gets that one, or a lease of its own
 * @throws StyxyError STATE_UNWRITABLE
 */
export function useOuterLease(
  context: InsideContext,
  body: AllocateBody,
  request: LeaseRequest,
  running?: Lease,
): AllocateAnswer | undefined {
  const asker = processOf(request.holder);
  const outer = asker && body.lock_id === undefined ? leaseAround(context, body, request, asker) : undefined;
  if (!asker || !outer || (running && running.id !== outer.id)) return undefined;
  if (isUsedByOther(outer, asker, context) || !fits(context, outer, body, request)) return undefined;
  const lease = takeOver(context, outer, asker, body, request);
  // Shared: it is the outer run that keeps it alive.
  return { ...toAnswer(lease), existing: true, shared: true, inside: true };
}

/**
 * Of an outer run that starts several further runs, the lease of the asker's name, also where its runner hands on no
 * variables; else the one whose marker the asker has.
 */
function leaseAround(
  { state: { leases }, machine }: InsideContext,
  { inside }: AllocateBody,
  { name, project }: LeaseRequest,
  { pid }: ProcessId,
): Lease | undefined {
  const isAround = ({ holds: [{ holder }] }: Lease): boolean =>
    machine.isDescendant(pid, pidOf(holder) ?? pid);
  for (const lease of leases.all())
    if (handsOn(lease) && lease.name === name && lease.holds[0].project === project && isAround(lease))
      return lease;
  const marked = inside === undefined ? undefined : leases.get(inside);
  return marked && handsOn(marked) ? marked : undefined;
}

function handsOn({ holds: [hold], shared, orphanedAt }: Lease): boolean {
  return hold.handsOn === true && hold.holder.kind === 'connection' && !shared && orphanedAt === undefined;
}

function isUsedByOther({ inner }: Lease, { pid, startTime }: ProcessId, { machine }: InsideContext): boolean {
  if (!inner || !machine.isAlive(inner)) return false;
  if (inner.pid === pid && inner.startTime === startTime) return false;
  return !(inner.handsOn && machine.isDescendant(pid, inner.pid));
}

/** What the asker insists on, or wishes for, is this port, or no port at all. */
function fits({ state }: InsideContext, outer: Lease, body: AllocateBody, request: LeaseRequest): boolean {
  const { port, reason } = outer;
  // The outer run may have wished for the same, and not got it.
  const prefer = request.prefer === reason?.insteadOf ? undefined : request.prefer;
  const wishes = [request.port, prefer].filter((each) => each !== undefined);
  if (request.share || request.project !== outer.holds[0].project) return false;
  if (wishes.some((wish) => wish !== port) || request.avoid.includes(port)) return false;
  if (body.service_type_default || request.type === outer.type) return true;
  const [first = 0, last = 0] = (request.projectType ?? state.catalog.types.get(request.type))?.range ?? [];
  return first <= port && port <= last;
}

function takeOver(
  context: InsideContext,
  outer: Lease,
  { pid, startTime }: ProcessId,
  body: AllocateBody,
  request: LeaseRequest,
): Lease {
  // What the inner run was not told, the outer one knows as well.
  const isNamed = body.service_name !== undefined && body.program === undefined;
  const { state, ledger } = context;
  const { origin, ...hold } = outer.holds[0];
  const lease: Lease = {
    ...outer,
    type: body.service_type_default ? outer.type : request.type,
    name: isNamed ? request.name : outer.name,
    holds: [isNamed || !origin ? hold : { ...hold, origin }],
    inner: { pid, startTime, ...(request.handsOn && { handsOn: true }) },
    ...(isNamed && { host: hostOf(context, request, typeOfRequest(request, state.catalog)) }),
  };
  ledger.change(lease);
  if (lease.name !== outer.name)
    for (const each of lease.holds) state.names.note({ ...each, name: lease.name });
  return lease;
}
