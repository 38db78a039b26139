import { withHold, withoutHold } from './holds.ts';
import type { EndReason, Holder, Lease, ProcessId } from './lease.ts';

/*
 * What becomes of a lease when one of its holds ends. The first row that fits decides; what a row needs to know is
 * asked for only when it is that row's turn, since some answers cost a search of all processes.
 */

/** Why a hold ended. */
export type HoldEnd =
  /** The response closed before its client could read which lease it got. */
  | 'unread'
  /** Its connection closed without a release, or its process has gone. */
  | 'died'
  /** Its deadline has passed, or its instance has ended. */
  | 'over'
  /** It is there, and nothing has used the port for too long. */
  | 'unused'
  /** Its owner gave it back. */
  | 'released'
  /** Its owner goes, and what it started may stay. */
  | 'detached'
  /** It ended before, and the lease stayed because its port was in use. */
  | 'orphaned';

/** Everything that a row can depend on. */
export interface Facts {
  readonly holder: Holder['kind'];
  /** The lease has other holds. */
  readonly others: boolean;
  /** The program on the port is this hold's, as far as it is known. */
  readonly serves: boolean;
  /** A holder died before, while others held the lease. */
  readonly leftBy: boolean;
  /** The setting `on_wrapper_death`. */
  readonly policy: 'reap' | 'adopt';
  /** Processes that were started for the lease are running. */
  readonly program: boolean;
  /** The first of them is the program that was started with the port. */
  readonly isService: boolean;
  /** One of them started so recently that it may be a server on its way. */
  readonly young: boolean;
  /** The client closed its response and lives on: what it started is its own to end. */
  readonly starterLives: boolean;
  /** The table of listeners shows one on a port of the lease. Asked where a program may be about to bind it. */
  readonly listening: boolean;
  /** A port of the lease can't be bound. */
  readonly inUse: boolean;
  /** The same a moment later: a probe, or the end of a process, holds a port for an instant. */
  readonly stillInUse: boolean;
  /** A process of the lease was seen on its port. Otherwise an outsider may be there. */
  readonly wasSeen: boolean;
  /** What was left running has been ended. */
  readonly reaped: boolean;
}

export type Fact = keyof Facts;

export type Outcome =
  | { readonly do: 'keep' }
  | { readonly do: 'end'; readonly reason: EndReason }
  /** The lease stays until its port is free. */
  | { readonly do: 'orphan' }
  /** The lease follows what was started for it. `forGood`: however long it takes to listen. */
  | { readonly do: 'adopt'; readonly forGood: boolean }
  /** What was started for the lease is ended; then the table is asked again. */
  | { readonly do: 'reap' }
  /** The other holds keep the lease. `remember`: what the holder left running is looked after later. */
  | { readonly do: 'pass on'; readonly remember: boolean }
  /** The holder that died before gets the hold back, and its death is settled now. */
  | { readonly do: 'settle earlier' };

interface Row {
  readonly ended: readonly HoldEnd[];
  readonly when: Partial<Facts>;
  readonly outcome: Outcome;
  readonly because: string;
}

const ANY: readonly HoldEnd[] = ['unread', 'died', 'over', 'unused', 'released', 'detached', 'orphaned'];
const end = (reason: EndReason): Outcome => ({ do: 'end', reason });
const KEEP: Outcome = { do: 'keep' };
const ORPHAN: Outcome = { do: 'orphan' };
const ADOPT: Outcome = { do: 'adopt', forGood: false };
const ADOPT_FOR_GOOD: Outcome = { do: 'adopt', forGood: true };
const REAP: Outcome = { do: 'reap' };
const PASS_ON: Outcome = { do: 'pass on', remember: false };
const PASS_ON_AND_REMEMBER: Outcome = { do: 'pass on', remember: true };
const SETTLE_EARLIER: Outcome = { do: 'settle earlier' };

/** Facts are asked for in the order in which they stand in a row. */
export const SUCCESSION: readonly Row[] = [
  {
    ended: ['detached'],
    when: { serves: true, program: true, listening: true },
    outcome: ADOPT,
    because: 'a server that made itself a daemon keeps its port',
  },
  {
    ended: ['detached'],
    when: { serves: true, program: true, young: true },
    outcome: ADOPT,
    because: 'what has just been started may be a server on its way',
  },
  {
    ended: ['died'],
    when: { others: true },
    outcome: PASS_ON_AND_REMEMBER,
    because: 'what a dead holder left running serves the others until the last one goes',
  },
  {
    ended: ANY,
    when: { others: true },
    outcome: PASS_ON,
    because: 'the lease ends with the last of its holds',
  },

  {
    ended: ['unread'],
    when: {},
    outcome: end('holder_gone'),
    because: 'nothing can have been started with a lease that its asker never read',
  },
  {
    ended: ['unused'],
    when: {},
    outcome: end('stale'),
    because: 'a holder that makes no use of the port has no claim to it',
  },

  {
    ended: ['detached'],
    when: { serves: true, wasSeen: true, inUse: true, stillInUse: true },
    outcome: ORPHAN,
    because: 'its server left the process tree and dropped the marker, and is still on the port',
  },
  {
    ended: ['released', 'over', 'detached'],
    when: { leftBy: true, program: true },
    outcome: SETTLE_EARLIER,
    because: 'what an earlier holder left running has nobody to serve any more',
  },
  { ended: ['released', 'detached'], when: {}, outcome: end('released'), because: 'its owner wants it so' },

  {
    ended: ['over'],
    when: { listening: true },
    outcome: ORPHAN,
    because: 'a port in use is nobody else’s, whatever the time',
  },
  {
    ended: ['over'],
    when: {},
    outcome: end('expired'),
    because: 'its time is over and nothing uses the port',
  },

  {
    ended: ['died'],
    when: { holder: 'process', program: true },
    outcome: ADOPT,
    because: 'a program that outlived its holder keeps the port',
  },
  {
    ended: ['died'],
    when: { holder: 'process', inUse: true, stillInUse: true },
    outcome: ORPHAN,
    because: 'nothing ties the listener to the lease, and the port is not free',
  },
  {
    ended: ['died'],
    when: { holder: 'connection', program: true, starterLives: false, policy: 'adopt', isService: true },
    outcome: ADOPT_FOR_GOOD,
    because: 'the command keeps its lease without its wrapper, as the user wants it',
  },
  {
    ended: ['died'],
    when: { holder: 'connection', program: true, starterLives: false, policy: 'adopt' },
    outcome: ADOPT,
    because: 'what the command left behind keeps the port while it uses it',
  },
  {
    ended: ['died'],
    when: { holder: 'connection', program: true, starterLives: false, policy: 'reap' },
    outcome: REAP,
    because: 'a command ends with its wrapper',
  },
  {
    ended: ['died'],
    when: { holder: 'connection', wasSeen: true, inUse: true, stillInUse: true },
    outcome: ORPHAN,
    because: 'what ran escaped and still listens',
  },
  {
    ended: ['died'],
    when: { reaped: true },
    outcome: end('reaped'),
    because: 'what it left running was ended',
  },
  { ended: ['died'], when: {}, outcome: end('holder_gone'), because: 'it left nothing behind' },

  { ended: ['orphaned'], when: { inUse: true }, outcome: KEEP, because: 'its port is not free yet' },
  {
    ended: ['orphaned'],
    when: { holder: 'ttl' },
    outcome: end('expired'),
    because: 'it has outlived its deadline only for its port',
  },
  {
    ended: ['orphaned'],
    when: { holder: 'instance' },
    outcome: end('expired'),
    because: 'it has outlived its instance only for its port',
  },
  { ended: ['orphaned'], when: {}, outcome: end('holder_gone'), because: 'its port is free' },
];

/**
 * @param known facts that have been asked for; a reaped lease has no program any more
 * @returns what becomes of the lease, or the fact that decides next
 */
export function decide(
  ended: HoldEnd,
  known: Partial<Facts>,
  table: readonly Row[] = SUCCESSION,
): Outcome | { readonly ask: Fact } {
  for (const row of table) {
    if (!row.ended.includes(ended)) continue;
    const facts = Object.keys(row.when) as Fact[];
    const open = facts.find((fact) => known[fact] !== row.when[fact]);
    if (open === undefined) return row.outcome;
    if (known[open] === undefined) return { ask: open };
  }
  throw new Error(`nothing is said about a hold that ${ended}`);
}

/** The lease that follows from an outcome that changes it. `process`: the one that adopts. */
export function after(
  lease: Lease,
  holdId: string,
  outcome: Exclude<Outcome, { do: 'keep' | 'end' | 'reap' }>,
  { now, process }: { now: number; process: ProcessId | undefined },
): Lease {
  const hold = lease.holds.find(({ id }) => id === holdId);
  const { shared } = lease;
  if (!hold) return lease;
  if (outcome.do === 'orphan') return { ...lease, orphanedAt: now };
  if (outcome.do === 'adopt') {
    if (!process) return lease;
    const { pid, startTime } = process;
    const holder: Holder = { kind: 'process', pid, startTime, ...(!outcome.forGood && { isAdopted: true }) };
    return withHold({ ...lease, service: { pid, startTime } }, { ...hold, holder, startedBy: undefined });
  }
  if (outcome.do === 'pass on') {
    const rest = withoutHold(lease, holdId) ?? lease;
    if (!outcome.remember || !rest.shared) return rest;
    return { ...rest, shared: { ...rest.shared, leftBy: hold.holder } };
  }
  if (!shared?.leftBy) return lease;
  // Under another id: the connection of the hold that was given back is not the earlier holder's.
  const earlier = { ...hold, id: lease.id, holder: shared.leftBy, startedBy: undefined };
  return { ...lease, holds: [earlier], shared: { ...shared, leftBy: undefined } };
}
