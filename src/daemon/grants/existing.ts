import type { Holder, Lease } from '../../domain/lease.ts';
import type { LeaseTable } from '../../domain/lease-table.ts';
import type { LeaseRequest } from '../../domain/request.ts';
import { isShared } from '../../domain/sharing.ts';
import { liveSingleton } from '../../domain/singleton.ts';
import type { AllocateAnswer } from '../../protocol/answers/lease.ts';
import type { AllocateBody } from '../../protocol/requests/allocate.ts';
import type { Core } from '../core.ts';
import type { Holders } from '../holders/holders.ts';
import { toAnswer } from '../ledger/allocation.ts';

export type ExistingContext = Pick<Core, 'state' | 'ledger' | 'events'> &
  Pick<Holders, 'sharing' | 'leaving'>;

/**
 * The lease that the asker has already, or may use with others; undefined when it is to get a new one. It runs to the
 * end without a pause, so that a lease which is found is not gone before it is taken.
 * @throws StyxyError PORT_TAKEN, STATE_UNWRITABLE
 */
export function useExisting(
  context: ExistingContext,
  body: AllocateBody,
  request: LeaseRequest,
): Promise<AllocateAnswer> | undefined {
  const { events, sharing, leaving } = context;
  const found = findExisting(context.state.leases, body, request);
  if (!found) return undefined;
  if (!isShared(found)) {
    return Promise.resolve({ ...toAnswer(renew(context, found, request.holder)), existing: true });
  }
  const asker = { share: body.share_id, returns: body.lock_id !== undefined };
  if (body.serves && !asker.returns && sharing.isServedForOthers(found, request, asker)) {
    return leaving
      .describe(found)
      .then((allocation) => ({ success: true, ...allocation, existing: true, shared: true }));
  }
  const { lease, share } = sharing.join(found, request, asker);
  events.emit('taken_up', lease, { sharers: lease.sharing.others.length + 1 });
  return leaving
    .describe(lease, { afresh: body.serves })
    .then((allocation) => ({ success: true, ...allocation, existing: true, share_id: share }));
}

function findExisting(leases: LeaseTable, body: AllocateBody, request: LeaseRequest): Lease | undefined {
  if (body.lock_id !== undefined) return leases.get(body.lock_id);
  const made = body.request_id === undefined ? undefined : leases.madeBy(body.request_id);
  if (made) return made;
  return request.sharing ? liveSingleton(request, leases) : leases.ownedLike(request);
}

/** The same asker again: its lease, now kept by what it named this time. */
function renew({ ledger, events }: ExistingContext, lease: Lease, holder: Holder): Lease {
  if (lease.holder.kind === 'process' && holder.kind === 'connection') return lease;
  const renewed = { ...lease, holder, orphanedAt: undefined };
  ledger.change(renewed);
  events.emit('taken_up', renewed);
  return renewed;
}
