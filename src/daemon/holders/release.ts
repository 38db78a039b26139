import { StyxyError } from '../../base/styxy-error.ts';
import { heldByHeir, type Lease } from '../../domain/lease.ts';
import type { LeaseRequest } from '../../domain/request.ts';
import { isShared } from '../../domain/sharing.ts';
import type { Allocation } from '../../protocol/answers/allocation.ts';
import type { ReleaseQuery } from '../../protocol/requests/allocate.ts';
import type { ProcessIdentity } from '../../system/process/identity.ts';
import { HEIR_GRACE_MS, servingPorts } from './adopted.ts';
import type { Core } from '../core.ts';
import type { Lifetimes } from './lifetimes.ts';
import { isStillInUse } from '../machine/second-look.ts';
import type { SharedLeases } from './sharing.ts';
import type { Sweep } from '../machine/sweep.ts';
import { toAllocation, unseen } from '../ledger/allocation.ts';

export interface LeavingParts extends Pick<Core, 'state' | 'ledger' | 'machine' | 'observer'> {
  readonly lifetimes: Pick<Lifetimes, 'leaving' | 'orphan'>;
  readonly sharing: SharedLeases;
  readonly sweep: Pick<Sweep, 'wasInUse'>;
}

export interface Leaving {
  /** @throws StyxyError LEASE_NOT_FOUND */
  requireLease(id: string): Lease;
  /** @throws StyxyError LEASE_NOT_FOUND, LEASE_SHARED, STATE_UNWRITABLE */
  release(lockId: string, query?: ReleaseQuery): Promise<Allocation>;
  /**
   * The holder leaves. A server that made itself a daemon, or has just begun to, keeps the port; else it is free at once.
   */
  inherit(lease: Lease, share?: string): Promise<Allocation>;
  /** Waits for those who are about to leave what this asker would get. */
  settled(request: LeaseRequest): Promise<void>;
  /** With what really listens; as if nothing did where the system can't tell. */
  describe(lease: Lease, options?: { afresh?: boolean | undefined }): Promise<Allocation>;
}

/** How those who have a lease give it up. */
export function createLeaving(parts: LeavingParts): Leaving {
  const { lifetimes, sharing, ledger, machine } = parts;
  const { leases } = parts.state;
  const underway = new Map<Promise<unknown>, Lease>();

  function requireLease(id: string): Lease {
    const lease = leases.get(id);
    if (lease) return lease;
    throw new StyxyError('LEASE_NOT_FOUND', `there is no lease "${id}"`, {
      why: 'it has ended, or never was',
    });
  }

  async function describe(
    lease: Lease,
    { afresh = false }: { afresh?: boolean | undefined } = {},
  ): Promise<Allocation> {
    const seen = await parts.observer.look({ afresh }).catch(() => undefined);
    return toAllocation(lease, seen?.stateOf(lease) ?? unseen(lease));
  }

  async function release(lockId: string, query: ReleaseQuery = {}): Promise<Allocation> {
    let lease = requireLease(lockId);
    while (isShared(lease) && !query.all) {
      const goesOn = sharing.release(lease, { share: query.share_id, instance: query.instance_id });
      if (goesOn) return describe(goesOn);
      if (!lease.sharing.deceased) break;
      const isOver = (await machine.processesOf(lease)).length === 0;
      const current = requireLease(lockId);
      if (current !== lease) lease = current;
      else if (isOver) break;
      else return describe(sharing.leaveToDeceased(lease) ?? lease);
    }
    // Nothing pauses between the last look at the lease and its end: nobody can have joined meanwhile.
    ledger.end(lockId, 'released');
    return toAllocation(lease, { state: 'released', listeners: [] });
  }

  async function isAnyInUse(ports: readonly number[]): Promise<boolean> {
    const isFree = await Promise.all(ports.map((port) => machine.isPortFree(port)));
    return isFree.includes(false);
  }

  function inherit(lease: Lease, share = lease.sharing?.self): Promise<Allocation> {
    const leaving = leave(lease, share).finally(() => underway.delete(leaving));
    underway.set(leaving, lease);
    return leaving;
  }

  async function leave(lease: Lease, share: string | undefined): Promise<Allocation> {
    const { self, servedBy = share, others = [] } = lease.sharing ?? {};
    if (share === self) lifetimes.leaving(lease.id);
    // What another sharer started is not this one's to leave to itself.
    const isServer = servedBy === share;
    // Should the search fail, the lease must not stay for ever.
    const kin = isServer ? await machine.processesOf(lease).catch(() => []) : [];
    const isServed = kin.length > 0 && (await isServedNow(lease));
    const [heir] = isServed || kin.some(isYoung) ? kin : [];
    const isUsed =
      isServer &&
      !heir &&
      others.length === 0 &&
      parts.sweep.wasInUse(lease.id) &&
      (await isAnyInUse(servingPorts(lease))) &&
      (await isStillInUse(() => isAnyInUse(servingPorts(lease))));
    const current = requireLease(lease.id);
    if (!heir) {
      if (!isUsed) return release(lease.id, { share_id: share });
      // It threw its marker away and left the tree, but it was seen there before.
      lifetimes.orphan(current);
      return toAllocation(current, { ...unseen(current), state: 'orphaned' });
    }
    const inherited =
      isShared(current) && share !== undefined
        ? sharing.bequeath(current, share, heir)
        : { ...current, service: heir, holder: heldByHeir(heir) };
    ledger.change(inherited);
    const seen = unseen(inherited);
    return toAllocation(inherited, isServed && seen.state === 'granted' ? { ...seen, state: 'bound' } : seen);
  }

  /** In doubt it is. Read, not probed: what was started may be about to listen. */
  async function isServedNow(lease: Lease): Promise<boolean> {
    const inUse = await parts.observer.portsInUse().catch(() => undefined);
    return inUse ? servingPorts(lease).some((port) => inUse.has(port)) : true;
  }

  /** It may be a server on its way. What has been there for longer than that is a helper. In doubt it is young. */
  function isYoung(process: ProcessIdentity): boolean {
    return (machine.ageOf(process) ?? 0) < HEIR_GRACE_MS;
  }

  async function settled({ project, name, port, prefer }: LeaseRequest): Promise<void> {
    const awaited = [...underway].filter(
      ([, lease]) =>
        (lease.project === project && lease.name === name) || lease.port === port || lease.port === prefer,
    );
    await Promise.allSettled(awaited.map(([leaving]) => leaving));
  }

  return { requireLease, release, inherit, settled, describe };
}
