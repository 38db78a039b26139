import { processOf, type Lease, type ProcessId } from '../../domain/lease.ts';
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
  const outer = body.inside === undefined ? undefined : context.state.leases.get(body.inside);
  if (!asker || !outer || body.lock_id !== undefined) return undefined;
  if (running && running.id !== outer.id) return undefined;
  const isFree = handsOn(outer) && !isUsedByOther(outer, asker, context);
  if (!isFree || !fits(context, outer, body, request)) return undefined;
  const lease = takeOver(context, outer, asker, body, request);
  // Shared: it is the outer run that keeps it alive.
  return { ...toAnswer(lease), existing: true, shared: true, inside: true };
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
  const { port } = outer;
  const wishes = [request.port, request.prefer].filter((each) => each !== undefined);
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
