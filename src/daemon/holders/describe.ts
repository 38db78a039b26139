import { StyxyError } from '../../base/styxy-error.ts';
import type { Lease } from '../../domain/lease.ts';
import type { Allocation } from '../../protocol/answers/allocation.ts';
import type { Core } from '../core.ts';
import { toAllocation, unseen } from '../ledger/allocation.ts';

/** With what really listens; as if nothing did where the system can't tell. */
export async function describeLease(
  { observer }: Pick<Core, 'observer'>,
  lease: Lease,
  { afresh = false }: { afresh?: boolean | undefined } = {},
): Promise<Allocation> {
  const seen = await observer.observe({ afresh }).catch(() => undefined);
  return toAllocation(lease, seen?.stateOf(lease) ?? unseen(lease));
}

export const describeReleased = (lease: Lease): Allocation =>
  toAllocation(lease, { state: 'released', listeners: [] });

/** @throws StyxyError LEASE_NOT_FOUND */
export function requireLease({ state }: Pick<Core, 'state'>, id: string): Lease {
  const lease = state.leases.get(id);
  if (lease) return lease;
  throw new StyxyError('LEASE_NOT_FOUND', `there is no lease "${id}"`, {
    why: 'it has ended, or never was',
  });
}
