import { portsOf, type Hold, type Lease } from '../../domain/lease.ts';
import { servingPorts } from '../../domain/reconcile.ts';
import type { Fact, Facts, HoldEnd } from '../../domain/succession.ts';
import { endInRounds } from '../../system/process/end-in-rounds.ts';
import type { ProcessIdentity } from '../../system/process/identity.ts';
import { sleep } from '../../system/sleep.ts';
import type { HoldersContext } from './context.ts';
import { starterLives } from './service.ts';

/**
 * A server that puts itself in the background has this long to listen on its port after its wrapper has left, and to
 * listen again, should it restart. ms
 */
export const ADOPTED_GRACE_MS = 30_000;
/** Longer than a probe, or a process that has just been ended, holds a port. */
const STILL_IN_USE_AFTER_MS = 50;

/** What is known about a hold that ended, and what has to be found out next. */
export interface Inquiry {
  hold: Hold;
  ended: HoldEnd;
  readonly isAsked: boolean;
  found: Partial<Facts>;
  /** Those that were started for the lease, once they have been searched. */
  processes: readonly ProcessIdentity[];
  next: Fact | undefined;
}

type Finder = (context: HoldersContext, inquiry: Inquiry, lease: Lease) => Promise<boolean>;

/** The facts that have to be asked of the machine. To reap is a fact that is made true. */
const FINDERS: { readonly [fact in Fact]?: Finder } = {
  async program(context, inquiry, lease) {
    inquiry.processes = await processesOf(context, inquiry, lease);
    return inquiry.processes.length > 0;
  },
  // An unknown age counts as young.
  young: async ({ machine }, { processes }) =>
    processes.some((process) => (machine.ageOf(process) ?? 0) < ADOPTED_GRACE_MS),
  // What an earlier holder left running is not this one's to keep.
  starterLives: async ({ machine }, { hold }, { shared }) =>
    shared?.leftBy === undefined && (await starterLives(hold, machine)),
  listening: ({ occupancy }, inquiry, lease) => occupancy.isListening(portsIn(inquiry, lease)),
  inUse: ({ occupancy }, inquiry, lease) => occupancy.isInUse(portsIn(inquiry, lease)),
  async stillInUse({ occupancy }, inquiry, lease) {
    await sleep(STILL_IN_USE_AFTER_MS);
    return occupancy.isInUse(portsIn(inquiry, lease));
  },
  async reaped(context, inquiry, lease) {
    const pids = inquiry.processes.map(({ pid }) => pid);
    context.log.info('ending what a killed wrapper left behind', { lease: lease.id, pids });
    const { machine, settings } = context;
    const find = async () => processesOf(context, inquiry, lease);
    await endInRounds(find, (found) => machine.endProcesses(found, settings().end_grace_ms));
    inquiry.found = { ...inquiry.found, program: false };
    return true;
  },
};

/** Finds out what the inquiry needs next. */
export async function findOut(context: HoldersContext, inquiry: Inquiry, lease: Lease): Promise<void> {
  const { next } = inquiry;
  const find = next && FINDERS[next];
  if (!find) throw new Error(`"${next}" is known at once`);
  const answer = await find(context, inquiry, lease);
  inquiry.found = { ...inquiry.found, [next]: answer };
}

/** When a holder detaches, helpers that listen for their own use don't count. */
function portsIn({ ended }: Inquiry, lease: Lease): readonly number[] {
  return ended === 'detached' ? servingPorts(lease) : portsOf(lease);
}

async function processesOf(
  { machine, log }: HoldersContext,
  { isAsked }: Inquiry,
  lease: Lease,
): Promise<readonly ProcessIdentity[]> {
  try {
    return await machine.processesOf(lease);
  } catch (error) {
    // The next tick asks again; but a lease that is given up must not stay for ever.
    if (!isAsked) throw error;
    log.warn('the processes of a lease could not be found', { lease: lease.id });
    return [];
  }
}
