import { StyxyError } from '../../base/styxy-error.ts';
import { holdToRelease } from '../../domain/holds.ts';
import type { Lease } from '../../domain/lease.ts';
import type { Allocation } from '../../protocol/answers/allocation.ts';
import type { ReleaseQuery } from '../../protocol/requests/allocate.ts';
import type { HoldersContext } from './context.ts';
import { describeLease, describeReleased, requireLease } from './describe.ts';
import { settle } from './settle.ts';

/**
 * Gives a hold back, and with the last one the lease.
 * @throws StyxyError LEASE_NOT_FOUND, LEASE_SHARED, STATE_UNWRITABLE
 */
export async function release(
  context: HoldersContext,
  lockId: string,
  { share_id: holdId, instance_id: instance, all }: ReleaseQuery = {},
): Promise<Allocation> {
  const lease = requireLease(context, lockId);
  if (all) {
    context.ledger.end(lockId, 'released');
    return describeReleased(lease);
  }
  const hold = holdToRelease(lease, { holdId, instance });
  if (!hold && holdId === undefined) throw stillHeld(lease);
  // One that is named and not there has been given back before.
  if (hold) await settle(context, [{ lockId, hold, ended: 'released', isAsked: true }]);
  const rest = context.state.leases.get(lockId);
  return rest ? describeLease(context, rest) : describeReleased(lease);
}

function stillHeld({ id, port, holds }: Lease): StyxyError {
  return new StyxyError('LEASE_SHARED', `port ${port} is used by ${holds.length} programs`, {
    why: 'each of them keeps the lease by a connection of its own, which ends with the program',
    details: { port, lock_id: id, sharers: holds.length },
  });
}
