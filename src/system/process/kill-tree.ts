import { exists, isAlive, type ProcessIdentity } from './identity.ts';
import { maySignal, signalAll } from './signal.ts';
import { snapshotTree } from './tree.ts';
import { sleep } from '../sleep.ts';

export interface EndOptions {
  /** Milliseconds until those that are still there get SIGKILL, or are asked if they have not been. */
  graceMs: number;
  /** It has been asked to end already, by a terminal's Ctrl-C for instance: it is only given its time. */
  isAsked?: (target: ProcessIdentity) => boolean;
}

/** The pids of the targets that were alive at the start, and of their later children, by what became of them. */
export interface EndReport {
  killed: number[];
  survived: number[];
}

const POLL_MS = 20;
/** How long those may take that were asked only when the grace was over. ms */
const LAST_GRACE_MS = 1000;
/** Milliseconds that the kernel gets to end a killed process: it needs more only in uninterruptible sleep. */
const KILL_MS = 1000;

/**
 * Ends processes: asks by SIGTERM, waits, kills. Give it a `snapshotTree`, so that the children of a parent that dies
 * first are known. Children that were not named, or are started meanwhile, may be what a target needs to end properly:
 * they are asked when the grace is over. Nothing gets SIGKILL that was not asked before.
 * Never touches pid 1, this process and what it started (unless that is a target), or a pid that came to belong to
 * another process. What may not be signalled counts as survived.
 */
export async function endProcesses(
  targets: readonly ProcessIdentity[],
  { graceMs, isAsked = () => false }: EndOptions,
): Promise<EndReport> {
  const living = targets.filter(isAlive);
  const doomed = new Map(living.filter(maySignal).map((target) => [keyOf(target), target]));
  const unasked = living.filter((target) => !isAsked(target));
  const asked = new Set(unasked.map(keyOf));
  addDescendants(doomed);
  await signalAll(unasked, 'SIGTERM');
  // A stopped process can't do what it was asked to.
  await signalAll(living.filter(isAsked), 'SIGCONT');

  async function askTheRest(): Promise<boolean> {
    const rest = [...doomed.values()].filter((target) => !asked.has(keyOf(target)) && isThere(target));
    await signalAll(rest, 'SIGTERM');
    return rest.length > 0 && areGone(doomed, Math.min(graceMs, LAST_GRACE_MS));
  }

  if (!(await areGone(doomed, graceMs)) && !(await askTheRest())) {
    await areGone(doomed, KILL_MS, (rest) => signalAll(rest, 'SIGKILL'));
  }
  const report: EndReport = {
    killed: [],
    survived: living.filter((t) => !maySignal(t)).map(({ pid }) => pid),
  };
  for (const target of doomed.values()) {
    (isAlive(target) ? report.survived : report.killed).push(target.pid);
  }
  return report;
}

/** Waits at most `ms` until all have ended; `doomed` grows by the descendants that are seen meanwhile. */
async function areGone(
  doomed: Map<string, ProcessIdentity>,
  ms: number,
  eachTime: (rest: ProcessIdentity[]) => Promise<void> = async () => {},
): Promise<boolean> {
  const deadline = performance.now() + ms;
  for (;;) {
    addDescendants(doomed);
    const rest = [...doomed.values()].filter(isThere);
    if (rest.length === 0) return true;
    if (performance.now() >= deadline) return false;
    await eachTime(rest);
    await sleep(POLL_MS);
  }
}

/** Only Linux can look often enough: 0.1 ms per tree, where a `ps` takes 15. */
function addDescendants(doomed: Map<string, ProcessIdentity>): void {
  if (process.platform !== 'linux') return;
  const seen = new Set<number>();
  for (const target of doomed.values()) {
    if (seen.has(target.pid) || !isAlive(target)) continue;
    for (const found of snapshotTree(target.pid, process.pid)) {
      seen.add(found.pid);
      doomed.set(keyOf(found), found);
    }
  }
}

function isThere(target: ProcessIdentity): boolean {
  return process.platform === 'linux' ? isAlive(target) : exists(target.pid);
}

function keyOf({ pid, startTime }: ProcessIdentity): string {
  return `${pid} ${startTime}`;
}
