import type { Holder, Lease } from '../../domain/lease.ts';
import type { LeaseTable } from '../../domain/lease-table.ts';
import type { LeaseRequest } from '../../domain/request.ts';
import { isShared } from '../../domain/sharing.ts';
import { liveSingleton } from '../../domain/singleton.ts';
import type { AllocateAnswer, AllocateBody } from '../../protocol/allocation.ts';
import type { EventBus } from '../ledger/events.ts';
import type { Leaving } from '../holders/release.ts';
import type { SharedLeases } from '../holders/sharing.ts';

export interface TakingUpParts {
  readonly leases: LeaseTable;
  readonly sharing: Pick<SharedLeases, 'join' | 'isServedForOthers'>;
  readonly events: EventBus;
  readonly change: (lease: Lease) => void;
  readonly watch: (lease: Lease) => void;
  readonly answer: (lease: Lease) => AllocateAnswer;
  readonly describe: Leaving['describe'];
}

export interface TakingUp {
  /**
   * The lease that the asker has already, or may use with others; undefined when it is to get a new one. It runs to
   * the end without a pause, so that a lease which is found is not gone before it is taken.
   * @throws StyxyError PORT_TAKEN, STATE_UNWRITABLE
   */
  known(body: AllocateBody, request: LeaseRequest): Promise<AllocateAnswer> | undefined;
}

/** How an asker comes to a lease that was there before. */
export function createTakingUp(parts: TakingUpParts): TakingUp {
  const { leases, events } = parts;

  function find(body: AllocateBody, request: LeaseRequest): Lease | undefined {
    if (body.lock_id !== undefined) return leases.get(body.lock_id);
    const made = body.request_id === undefined ? undefined : leases.madeBy(body.request_id);
    if (made) return made;
    return request.sharing ? liveSingleton(request, leases) : leases.ownedLike(request);
  }

  /** The same asker again: its lease, now kept by what it named this time. */
  function takeUp(lease: Lease, holder: Holder): Lease {
    if (lease.holder.kind === 'process' && holder.kind === 'connection') return lease;
    const renewed = { ...lease, holder, orphanedAt: undefined };
    parts.change(renewed);
    parts.watch(renewed);
    events.emit('taken_up', renewed);
    return renewed;
  }

  return {
    known(body, request) {
      const found = find(body, request);
      if (!found) return undefined;
      if (!isShared(found)) {
        return Promise.resolve({ ...parts.answer(takeUp(found, request.holder)), existing: true });
      }
      const asker = { share: body.share_id, returns: body.lock_id !== undefined };
      if (body.serves && !asker.returns && parts.sharing.isServedForOthers(found, request, asker)) {
        return parts
          .describe(found)
          .then((allocation) => ({ success: true, ...allocation, existing: true, shared: true }));
      }
      const { lease, share } = parts.sharing.join(found, request, asker);
      events.emit('taken_up', lease, { sharers: lease.sharing.others.length + 1 });
      return parts
        .describe(lease, { afresh: body.serves })
        .then((allocation) => ({ success: true, ...allocation, existing: true, share_id: share }));
    },
  };
}
