import { messageOf } from '../../base/styxy-error.ts';
import { holdOf } from '../../domain/holds.ts';
import type { Hold, Lease } from '../../domain/lease.ts';
import { after, decide, type Facts, type HoldEnd, type Outcome } from '../../domain/succession.ts';
import { inSlices } from '../../system/slices.ts';
import type { HoldersContext } from './context.ts';
import { findOut, type Inquiry } from './facts.ts';
import { isRunning } from './service.ts';

/** One hold of a lease, and how it ended. */
export interface EndedHold {
  readonly lockId: string;
  readonly hold: Hold;
  readonly ended: HoldEnd;
  /** A client has asked for it: what can't be written down has not happened. */
  readonly isAsked?: boolean;
}

/** What became of the lease. */
export interface Settled {
  /** Undefined: the hold was renewed, or the lease ended, while facts were gathered. */
  readonly outcome: Outcome | undefined;
  /** The lease as it was just before. */
  readonly lease: Lease | undefined;
  readonly found: Partial<Facts>;
}

interface Case extends Inquiry {
  readonly lockId: string;
  outcome?: Outcome;
  lease?: Lease;
}

/**
 * Asks the table of succession what becomes of leases whose holds have ended, and does it. What the table needs to know
 * is found out for all of them together: hundreds of holders may die at the same moment. Without a fact to be found out
 * it is done when this returns, before anything else has its turn.
 * @throws StyxyError STATE_UNWRITABLE for what was asked
 */
export async function settle(
  context: HoldersContext,
  ended: readonly EndedHold[],
): Promise<readonly Settled[]> {
  const cases = ended.map((each): Case => ({
    isAsked: false,
    ...each,
    found: {},
    processes: [],
    next: undefined,
  }));
  for (const { hold } of cases) context.settling.add(hold.id);
  try {
    const slow: Promise<{ error: unknown } | undefined>[] = [];
    let open = cases;
    while (open.length > 0) {
      const waiting: Case[] = [];
      await inSlices(open, (each) => void (advance(context, each) && waiting.push(each)));
      // What has to end takes its time, which is nobody else's.
      open = waiting.filter(({ next }) => next !== 'reaped');
      slow.push(...waiting.filter(({ next }) => next === 'reaped').map((each) => settleOne(context, each)));
      await Promise.all(open.map((each) => findOutFor(context, each)));
    }
    for (const failed of await Promise.all(slow)) if (failed) throw failed.error;
  } finally {
    for (const { hold } of cases) context.settling.delete(hold.id);
  }
  return cases.map(({ outcome, lease, found }) => ({ outcome, lease, found }));
}

/** For what no client has asked for: there is no caller to fail to, and the next tick tries again. */
export function settleUnasked(context: HoldersContext, ended: readonly EndedHold[]): void {
  unfailing(context, settle(context, ended));
}

export function unfailing({ log }: Pick<HoldersContext, 'log'>, work: Promise<unknown>): void {
  work.catch((error: unknown) =>
    log.error('the end of a holder could not be settled', { error: messageOf(error) }),
  );
}

/** @returns whether something has to be found out before it goes on */
function advance(context: HoldersContext, each: Case): boolean {
  for (;;) {
    const lease = stillEnded(context, each);
    if (!lease) return false;
    const decision = decide(each.ended, { ...factsAtOnce(context, each, lease), ...each.found });
    if ('ask' in decision || decision.do === 'reap') {
      each.next = 'ask' in decision ? decision.ask : 'reaped';
      return true;
    }
    [each.outcome, each.lease] = [decision, lease];
    carryOut(context, each, lease, decision);
    if (decision.do !== 'settle earlier') return false;
    // The hold is that of the earlier holder again, which died.
    const [hold] = (context.state.leases.get(each.lockId) ?? lease).holds;
    Object.assign(each, { hold, ended: 'died', found: {}, processes: [] });
  }
}

/** @returns what has failed, for the one who waits for all */
async function settleOne(context: HoldersContext, each: Case): Promise<{ error: unknown } | undefined> {
  try {
    do await findOutFor(context, each);
    while (advance(context, each));
    return undefined;
  } catch (error) {
    return { error };
  } finally {
    context.settling.delete(each.hold.id);
  }
}

async function findOutFor(context: HoldersContext, each: Case): Promise<void> {
  const lease = context.state.leases.get(each.lockId);
  if (lease) await findOut(context, each, lease);
}

/** The lease, unless the hold was renewed, adopted or released meanwhile. */
function stillEnded(
  { state, connections, detaching }: HoldersContext,
  { lockId, hold, ended }: Case,
): Lease | undefined {
  const lease = state.leases.get(lockId);
  if (!lease || holdOf(lease, hold.id)?.holder !== hold.holder) return undefined;
  const isOrphan = lease.orphanedAt !== undefined;
  if (ended === 'orphaned' ? !isOrphan : isOrphan && ended !== 'released' && ended !== 'detached')
    return undefined;
  const isBack = hold.holder.kind === 'connection' && (connections.has(hold.id) || detaching.has(hold.id));
  return ended === 'died' && isBack ? undefined : lease;
}

/** What is known without asking the machine. Others may come and go between two steps. */
function factsAtOnce({ settings, states }: HoldersContext, each: Case, lease: Lease): Partial<Facts> {
  const { hold, processes } = each;
  const { servedBy = hold.id, leftBy } = lease.shared ?? {};
  const [first] = processes;
  return {
    holder: hold.holder.kind,
    others: lease.holds.length > 1,
    serves: servedBy === hold.id,
    leftBy: leftBy !== undefined,
    policy: settings().on_wrapper_death,
    isService: first?.pid === lease.service?.pid && first?.startTime === lease.service?.startTime,
    wasSeen: states.wasInUse(lease.id),
    reaped: false,
  };
}

function carryOut(
  { ledger, machine, clock }: HoldersContext,
  { hold, isAsked, processes: [process] }: Case,
  lease: Lease,
  outcome: Exclude<Outcome, { do: 'reap' }>,
): void {
  const entries = isAsked ? ledger : ledger.anyway;
  if (outcome.do === 'keep') return;
  if (outcome.do === 'end') return entries.end(lease.id, outcome.reason);
  const next = after(lease, hold.id, outcome, { now: clock(), process });
  // A program that has ended is not the next holder's.
  const hasEnded = outcome.do === 'pass on' && !isRunning(next.service, machine);
  entries.change(hasEnded ? { ...next, service: undefined } : next);
}
