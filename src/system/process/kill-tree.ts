import { exists, isAlive, type ProcessIdentity } from './identity.ts';
import { runStateOf } from './run-state.ts';
import { maySignal, signalAll } from './signal.ts';
import { parentOf, snapshotTree } from './tree.ts';
import { sleep } from '../sleep.ts';

export interface EndOptions {
  /** Milliseconds that each gets from the moment when it was asked to end. All together get twice as many. */
  graceMs: number;
  /** It has been asked to end already, by a terminal's Ctrl-C for instance: it is given half of its time first. */
  isAsked?: (target: ProcessIdentity) => boolean;
  /** Nobody waits any longer: the grace ends now. */
  isOver?: () => boolean;
  /** Left alone, though a target has started it. */
  isSpared?: (target: ProcessIdentity) => boolean;
}

/** The pids of the targets that were alive at the start, and of their later children, by what became of them. */
export interface EndReport {
  killed: number[];
  survived: number[];
}

const POLL_MS = 20;
/** For those who take long. */
const SLOW_POLL_MS = 100;
const QUICK_MS = 1000;
/**
 * A process whose starter has just ended may have been asked by it. Who obeys has this time to end before it is asked
 * (once more). ms
 */
const LONE_MS = 100;
/** How long those may take that were asked only when the grace was over. ms */
const LAST_GRACE_MS = 1000;
/** Graces for all together: who still starts others after them does so without end. */
const MOST_GRACES = 2;
/** Milliseconds that the kernel gets to end a killed process: it needs more only in uninterruptible sleep. */
const KILL_MS = 1000;

/** Those that are to end. */
interface Doomed {
  readonly members: Map<string, ProcessIdentity>;
  /** When each was asked. */
  readonly askedAt: Map<string, number>;
  /** Those that got SIGTERM for it. */
  readonly terminated: Set<string>;
  readonly isSpared: (target: ProcessIdentity) => boolean;
}

/**
 * Ends processes: asks by SIGTERM, waits, kills. Give it a `snapshotTree`, so that the children of a parent that dies
 * first are known. What was started by one that is to end is left to its starter, which may need it to end properly; what
 * has lost its starter is asked. What somebody else has asked, by a terminal's key for instance, and takes no notice, is
 * asked by SIGTERM after half of its grace. When the grace is over, the rest is asked, and then killed: nothing gets
 * SIGKILL that did not get SIGTERM before.
 * Never touches pid 1, this process and what it started (unless that is a target), or a pid that came to belong to
 * another process. What may not be signalled counts as survived.
 */
export async function endProcesses(
  targets: readonly ProcessIdentity[],
  { graceMs, isAsked = () => false, isOver = () => false, isSpared = () => false }: EndOptions,
): Promise<EndReport> {
  const living = targets.filter((target) => isAlive(target) && !isSpared(target));
  const members = new Map(living.filter(maySignal).map((target) => [keyOf(target), target]));
  const asked = living.filter(isAsked);
  const begunAt = performance.now();
  const askedAt = new Map(asked.map((each) => [keyOf(each), begunAt]));
  const doomed = { members, askedAt, terminated: new Set<string>(), isSpared };
  await wake(asked);
  const isGone = (await askInTurn(doomed, graceMs, isOver)) || (await askTheRest(doomed, graceMs));
  if (!isGone) await areGone(doomed, KILL_MS, (rest) => signalAll(rest, 'SIGKILL'));
  const report: EndReport = {
    killed: [],
    survived: living.filter((t) => !maySignal(t)).map(({ pid }) => pid),
  };
  for (const target of members.values()) {
    (isAlive(target) ? report.survived : report.killed).push(target.pid);
  }
  return report;
}

/** A stopped process can't do what it was asked to. */
async function wake(asked: readonly ProcessIdentity[]): Promise<void> {
  const mayBeStopped = ({ pid }: ProcessIdentity): boolean =>
    process.platform !== 'linux' || runStateOf(pid) === 'stopped';
  await signalAll(asked.filter(mayBeStopped), 'SIGCONT');
}

/** @returns whether all have ended; false when none of those that were asked has time left */
async function askInTurn(doomed: Doomed, graceMs: number, isOver: () => boolean): Promise<boolean> {
  const { askedAt, terminated } = doomed;
  const begunAt = performance.now();
  const loneSince = new Map<string, number>();
  const isDue = (target: ProcessIdentity, now: number): boolean => {
    const key = keyOf(target);
    if (!loneSince.has(key)) loneSince.set(key, now);
    const since = askedAt.get(key);
    if (since !== undefined) return !terminated.has(key) && now >= since + graceMs / 2;
    return askedAt.size === 0 || now - loneSince.get(key)! >= LONE_MS;
  };
  const hasTime = (target: ProcessIdentity, now: number): boolean => {
    const key = keyOf(target);
    const since = askedAt.get(key) ?? loneSince.get(key);
    return since !== undefined && now < since + graceMs;
  };
  for (;;) {
    const rest = stillThere(doomed);
    if (rest.length === 0) return true;
    const now = performance.now();
    const due = withoutStarter(rest).filter((target) => isDue(target, now));
    for (const target of due) {
      if (!askedAt.has(keyOf(target))) askedAt.set(keyOf(target), now);
      terminated.add(keyOf(target));
    }
    await signalAll(due, 'SIGTERM');
    const isTooLate = isOver() || now >= begunAt + MOST_GRACES * graceMs;
    if (isTooLate || !rest.some((target) => hasTime(target, now))) return false;
    await sleep(now - begunAt < QUICK_MS ? POLL_MS : SLOW_POLL_MS);
  }
}

/** Elsewhere than on Linux one signal reaches a whole tree. */
function withoutStarter(rest: readonly ProcessIdentity[]): readonly ProcessIdentity[] {
  if (process.platform !== 'linux') return rest;
  const pids = new Set(rest.map(({ pid }) => pid));
  return rest.filter(({ pid }) => !pids.has(parentOf(pid) ?? 0));
}

async function askTheRest(doomed: Doomed, graceMs: number): Promise<boolean> {
  const rest = stillThere(doomed).filter((target) => !doomed.terminated.has(keyOf(target)));
  await signalAll(rest, 'SIGTERM');
  return rest.length > 0 && areGone(doomed, Math.min(graceMs, LAST_GRACE_MS));
}

/** Waits at most `ms` until all have ended. */
async function areGone(
  doomed: Doomed,
  ms: number,
  eachTime: (rest: ProcessIdentity[]) => Promise<void> = async () => {},
): Promise<boolean> {
  const deadline = performance.now() + ms;
  for (;;) {
    const rest = stillThere(doomed);
    if (rest.length === 0) return true;
    if (performance.now() >= deadline) return false;
    await eachTime(rest);
    await sleep(POLL_MS);
  }
}

function stillThere(doomed: Doomed): ProcessIdentity[] {
  addDescendants(doomed);
  return [...doomed.members.values()].filter(isThere);
}

/** Only Linux can look often enough: 0.1 ms per tree, where a `ps` takes 15. */
function addDescendants({ members, isSpared }: Doomed): void {
  if (process.platform !== 'linux') return;
  const seen = new Set<number>();
  for (const target of members.values()) {
    if (seen.has(target.pid) || !isAlive(target)) continue;
    for (const found of snapshotTree(target.pid, process.pid)) {
      seen.add(found.pid);
      if (!members.has(keyOf(found)) && !isSpared(found)) members.set(keyOf(found), found);
    }
  }
}

function isThere(target: ProcessIdentity): boolean {
  return process.platform === 'linux' ? isAlive(target) : exists(target.pid);
}

function keyOf({ pid, startTime }: ProcessIdentity): string {
  return `${pid} ${startTime}`;
}
