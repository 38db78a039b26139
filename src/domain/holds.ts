import type { Hold, Holder, HoldSubject, Lease } from './lease.ts';

/* The arithmetic of holds: which one an asker means, who joins, who goes. */

export function holdOf(lease: Lease, id: string): Hold | undefined {
  return lease.holds.find((hold) => hold.id === id);
}

/** The lease with one hold more, or with that hold as it is now. */
export function withHold(lease: Lease, hold: Hold): Lease {
  const [first, ...rest] = lease.holds;
  const put = (other: Hold): Hold => (other.id === hold.id ? hold : other);
  if (holdOf(lease, hold.id)) return { ...lease, holds: [put(first), ...rest.map(put)] };
  return { ...lease, holds: [first, ...rest, hold] };
}

/** The lease without one hold; undefined when that was the last. */
export function withoutHold(lease: Lease, id: string): Lease | undefined {
  const [first, ...rest] = lease.holds.filter((hold) => hold.id !== id);
  if (!first) return undefined;
  const { shared } = lease;
  const servedBy = shared?.servedBy === id ? undefined : shared?.servedBy;
  return { ...lease, holds: [first, ...rest], ...(shared && { shared: { ...shared, servedBy } }) };
}

/** How an asker is known again: the id of its hold, its request, or (not for connections) its owner. */
export interface Asker extends Pick<HoldSubject, 'holder' | 'requestId'> {
  readonly holdId: string | undefined;
  /** It renews a lease that it has had: its process tells which hold that was. */
  readonly returns: boolean;
}

/** The hold that the asker has already. A lease that is not shared has only one, and only its owner finds it. */
export function holdOfAsker(lease: Lease, asker: Asker): Hold | undefined {
  if (!lease.shared) return lease.holds[0];
  const named = lease.holds.find(
    ({ id, requestId }) => id === asker.holdId || (requestId !== undefined && requestId === asker.requestId),
  );
  if (named || (asker.holder.kind === 'connection' && !asker.returns)) return named;
  return lease.holds.find(({ holder }) => isSameOwner(holder, asker.holder));
}

/** An instance, or a process that is the same also by its start time. Deadlines have no owner. */
function isSameOwner(one: Holder, other: Holder): boolean {
  if (one.kind !== other.kind) return false;
  if (one.kind === 'instance') return other.kind === 'instance' && one.id === other.id;
  if (one.kind === 'ttl' || other.kind === 'ttl' || other.kind === 'instance') return false;
  return one.pid !== undefined && one.pid === other.pid && one.startTime === other.startTime;
}

/** A process keeps what it was given, or has adopted: the connection of its wrapper does not take it back. */
export function keepsItsHolder(known: Holder, asked: Holder): boolean {
  return known.kind === 'process' && asked.kind === 'connection';
}

/**
 * The lease as this hold keeps it from now on. Of an orphan all earlier holders are gone: only the new one keeps it.
 * @param serves the asker starts the service itself
 */
export function heldAlsoBy(lease: Lease, hold: Hold, serves: boolean): Lease {
  const { shared } = lease;
  const held = lease.orphanedAt === undefined ? withHold(lease, hold) : { ...lease, holds: [hold] as const };
  const servedBy = shared?.servedBy ?? (serves ? hold.id : undefined);
  return { ...held, orphanedAt: undefined, ...(shared && { shared: { ...shared, servedBy } }) };
}

/** Whose hold a release means. */
export interface Releaser {
  readonly holdId?: string | undefined;
  readonly instance?: string | undefined;
}

/**
 * The hold that ends when somebody releases the lease: the one that is named; else one of the same instance; else the
 * youngest that no connection keeps. Undefined when only connections are left: each of them ends by itself.
 */
export function holdToRelease(lease: Lease, { holdId, instance }: Releaser): Hold | undefined {
  const { holds, shared } = lease;
  if (!shared) return holds[0];
  if (holdId !== undefined) return holdOf(lease, holdId);
  const free = holds.filter(({ holder }) => holder.kind !== 'connection');
  const own = instance === undefined ? [] : free.filter((hold) => hold.instance === instance);
  return own.at(-1) ?? free.at(-1) ?? (holds.length === 1 ? holds[0] : undefined);
}

/** The lease is of this project, or used from it. */
export function isUsedIn(project: string, lease: Lease): boolean {
  return lease.holds.some((hold) => hold.project === project);
}

/** It holds the lease, alone or with others, or is named as where the lease came from. */
export function isUsedByInstance(id: string, lease: Lease): boolean {
  return lease.holds.some(
    ({ instance, holder }) => instance === id || (holder.kind === 'instance' && holder.id === id),
  );
}

/**
 * Two leases of a service that runs once can only come from a record that was lost: the later one is what askers get,
 * and the earlier one stays its holders' alone, as if its port had failed.
 */
export function withoutDoubleKeys(leases: readonly Lease[]): Lease[] {
  const latest = new Map(leases.map((lease) => [lease.shared?.key, lease]));
  return leases.map((lease) =>
    lease.shared && latest.get(lease.shared.key) !== lease ? hidden(lease) : lease,
  );
}

/** The lease as nobody else is to find it any more; those who hold it keep it. */
export function hidden(lease: Lease): Lease {
  return lease.shared ? { ...lease, shared: { ...lease.shared, key: undefined } } : lease;
}
