import { heldAlsoBy, holdOfAsker, keepsItsHolder, type Asker } from '../../domain/holds.ts';
import type { Hold, Lease } from '../../domain/lease.ts';
import type { LeaseTable } from '../../domain/lease-table.ts';
import type { LeaseRequest } from '../../domain/request.ts';
import { liveSingleton } from '../../domain/singleton.ts';
import type { AllocateAnswer } from '../../protocol/answers/lease.ts';
import type { AllocateBody } from '../../protocol/requests/allocate.ts';
import type { Core } from '../core.ts';
import { describeLease } from '../holders/describe.ts';
import { isRunning } from '../holders/service.ts';
import { toAnswer } from '../ledger/allocation.ts';
import { toHold } from './grant.ts';

export type ExistingContext = Pick<Core, 'state' | 'ledger' | 'machine' | 'observer' | 'events' | 'newId'>;

/**
 * The lease that the asker has already, or may use with others; undefined when it is to get a new one. It runs to the
 * end without a pause, so that a lease which is found is not gone before it is renewed.
 * @throws StyxyError PORT_TAKEN, STATE_UNWRITABLE
 */
export function useExisting(
  context: ExistingContext,
  body: AllocateBody,
  request: LeaseRequest,
): Promise<AllocateAnswer> | undefined {
  const found = findExisting(context.state.leases, body, request);
  if (!found) return undefined;
  const { holder, requestId } = request;
  const asker: Asker = { holder, requestId, holdId: body.share_id, returns: body.lock_id !== undefined };
  const own = holdOfAsker(found, asker);
  if (body.serves && !asker.returns && !own && isServed(context, found))
    return withObservation(context, found, {}, { shared: true });
  const hold = own ? { ...own, holder } : toHold(request, request.share?.holdId ?? context.newId());
  const lease = own && keepsItsHolder(own.holder, holder) ? found : keepFor(context, found, hold, request);
  if (!lease.shared) return Promise.resolve({ ...toAnswer(lease), existing: true });
  return withObservation(context, lease, { afresh: body.serves }, { share_id: hold.id });
}

function findExisting(leases: LeaseTable, body: AllocateBody, request: LeaseRequest): Lease | undefined {
  if (body.lock_id !== undefined) return leases.get(body.lock_id);
  const made = body.request_id === undefined ? undefined : leases.madeBy(body.request_id);
  if (made) return made;
  return request.share ? liveSingleton(request, leases) : leases.ownedLike(request);
}

/** The service runs, or what was left running is still there: one more asker need not start it. */
function isServed({ machine }: ExistingContext, { shared, orphanedAt, service }: Lease): boolean {
  if (!shared) return false;
  return shared.servedBy !== undefined || orphanedAt !== undefined || isRunning(service, machine);
}

/** The lease is now kept by what the asker named this time. */
function keepFor(
  { ledger, events }: ExistingContext,
  lease: Lease,
  hold: Hold,
  { share }: LeaseRequest,
): Lease {
  const kept = heldAlsoBy(lease, hold, share?.serves ?? false);
  ledger.change(kept);
  events.emit('taken_up', kept, kept.shared && { sharers: kept.holds.length });
  return kept;
}

async function withObservation(
  { observer }: ExistingContext,
  lease: Lease,
  options: { afresh?: boolean | undefined },
  facts: Pick<AllocateAnswer, 'shared' | 'share_id'>,
): Promise<AllocateAnswer> {
  return { success: true, ...(await describeLease({ observer }, lease, options)), existing: true, ...facts };
}
