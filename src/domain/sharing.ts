import type { Holder, Lease, Share, Sharing } from './lease.ts';

/*
 * The arithmetic of shared leases: who is in, who goes, who holds next. A lease that goes on is returned changed;
 * undefined means that nobody is left.
 */

/** A lease with its part that makes it shared. */
export type SharedLease = Lease & { readonly sharing: Sharing };

export function isShared(lease: Lease): lease is SharedLease {
  return lease.sharing !== undefined;
}

/** All shares, the holder's first. */
export function sharesOf(lease: SharedLease): readonly [Share, ...Share[]] {
  const { holder, project, branch, instance, command, requestId } = lease;
  return [
    { id: lease.sharing.self, holder, project, branch, instance, command, requestId },
    ...lease.sharing.others,
  ];
}

/** The lease is of this project, or used from it. */
export function isUsedIn(project: string, lease: Lease): boolean {
  return (
    lease.project === project || (lease.sharing?.others.some((share) => share.project === project) ?? false)
  );
}

/**
 * Two leases of a service that runs once can only come from a record that was lost: the later one is what askers get,
 * and the earlier one stays its holder's alone, as if its port had failed.
 */
export function withoutDoubleKeys(leases: readonly Lease[]): Lease[] {
  const latest = new Map(leases.map((lease) => [lease.sharing?.key, lease]));
  return leases.map((lease) =>
    isShared(lease) && latest.get(lease.sharing.key) !== lease
      ? { ...lease, sharing: { ...lease.sharing, key: undefined } }
      : lease,
  );
}

export function withShare(lease: SharedLease, share: Share): SharedLease {
  const { others } = lease.sharing;
  const isKnown = others.some(({ id }) => id === share.id);
  const next = isKnown ? others.map((other) => (other.id === share.id ? share : other)) : [...others, share];
  return { ...lease, sharing: { ...lease.sharing, others: next } };
}

/**
 * The lease without one share; when that was the holder's, the next one holds it.
 * @param died the share ended by its holder's death, and what it started may still run
 */
export function withoutShare(lease: SharedLease, id: string, died = false): SharedLease | undefined {
  const share = sharesOf(lease).find((each) => each.id === id);
  if (!share) return lease;
  const [next, ...rest] = lease.sharing.others;
  const leavesPrograms = died && (share.holder.kind === 'connection' || share.holder.kind === 'process');
  const servedBy = lease.sharing.servedBy === id ? undefined : lease.sharing.servedBy;
  const deceased = leavesPrograms ? share.holder : lease.sharing.deceased;
  if (id !== lease.sharing.self) {
    const others = lease.sharing.others.filter((other) => other !== share);
    return { ...lease, sharing: { ...lease.sharing, others, deceased, servedBy } };
  }
  if (!next) return undefined;
  const { id: self, ...subject } = next;
  return { ...lease, ...subject, sharing: { ...lease.sharing, self, others: rest, deceased, servedBy } };
}

/** How an asker is known again: the id of its share, its request, or (not for connections) its owner. */
export interface Asker {
  readonly share: string | undefined;
  readonly requestId: string | undefined;
  readonly holder: Holder;
  /** It takes up a lease that it has had: its process tells which share that was. */
  readonly returns: boolean;
}

export function shareOf(lease: SharedLease, asker: Asker): Share | undefined {
  const shares = sharesOf(lease);
  const named = shares.find(
    ({ id, requestId }) => id === asker.share || (requestId !== undefined && requestId === asker.requestId),
  );
  if (named || (asker.holder.kind === 'connection' && !asker.returns)) return named;
  return shares.find(({ holder }) => isSameOwner(holder, asker.holder));
}

/** An instance, or a process that is the same also by its start time. Deadlines have no owner. */
function isSameOwner(one: Holder, other: Holder): boolean {
  if (one.kind !== other.kind) return false;
  if (one.kind === 'instance') return other.kind === 'instance' && one.id === other.id;
  if (one.kind === 'ttl' || other.kind === 'ttl' || other.kind === 'instance') return false;
  return one.pid !== undefined && one.pid === other.pid && one.startTime === other.startTime;
}

/** Whose share a release means. */
export interface Leaver {
  readonly share?: string | undefined;
  readonly instance?: string | undefined;
}

/**
 * The share that goes when somebody releases the lease: the one that is named; else one of the same instance; else the
 * youngest that no connection keeps. Undefined when only connections are left: each of them ends by itself.
 */
export function shareToRelease(lease: SharedLease, { share, instance }: Leaver): Share | undefined {
  const shares = sharesOf(lease);
  if (share !== undefined) return shares.find(({ id }) => id === share);
  const free = shares.filter(({ holder }) => holder.kind !== 'connection');
  const own = instance === undefined ? [] : free.filter((each) => each.instance === instance);
  return own.at(-1) ?? free.at(-1) ?? (shares.length === 1 ? shares[0] : undefined);
}
