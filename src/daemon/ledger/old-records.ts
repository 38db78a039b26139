import type { Hold, Holder, HoldSubject, Lease, ServiceProcess } from '../../domain/lease.ts';

/** How versions with schema 1 wrote what adopts a lease. */
type OldHolder = Holder & { readonly isHeir?: true };
type OldShare = Omit<HoldSubject, 'holder'> & { readonly id: string; readonly holder: OldHolder };

/** How they wrote a lease: its first holder in the lease itself, and all others under `sharing`. */
export type OldLease = Omit<Lease, 'holds' | 'shared'> &
  Omit<OldShare, 'id'> & {
    readonly startedBy?: ServiceProcess | undefined;
    readonly sharing?: {
      readonly key?: string;
      readonly self: string;
      readonly others: readonly OldShare[];
      readonly servedBy?: string;
      readonly deceased?: OldHolder;
    };
  };

/** A lease of schema 1 as it is now, with nothing lost. */
export function upgradeLease(old: OldLease): Lease {
  const { holder, project, branch, instance, command, requestId, startedBy, sharing, ...lease } = old;
  const own = { id: sharing?.self ?? lease.id, holder, project, branch, instance, command, requestId };
  const first: Hold = { ...toHold(own), ...(startedBy && { startedBy }) };
  const others = sharing?.others.map(toHold) ?? [];
  if (!sharing) return { ...lease, holds: [first] };
  const { key, servedBy, deceased } = sharing;
  const leftBy = deceased && toHolder(deceased);
  return { ...lease, holds: [first, ...others], shared: { key, servedBy, leftBy } };
}

const toHold = (share: OldShare): Hold => ({ ...share, holder: toHolder(share.holder) });

function toHolder({ isHeir, ...holder }: OldHolder): Holder {
  return isHeir && holder.kind === 'process' ? { ...holder, isAdopted: true } : holder;
}
