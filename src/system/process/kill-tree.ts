import { exists, isAlive, type ProcessIdentity } from './identity.ts';
import { maySignal, signalAll } from './signal.ts';
import { snapshotTree } from './tree.ts';
import { sleep } from '../sleep.ts';

export interface EndOptions {
  /** What they are asked with first; SIGTERM when left out. */
  signal?: NodeJS.Signals;
  /** Milliseconds until those that are still there get SIGKILL. */
  graceMs: number;
}

/** The pids of the targets that were alive at the start, and of their later children, by what became of them. */
export interface EndReport {
  killed: number[];
  survived: number[];
}

const POLL_MS = 20;
/** Milliseconds that the kernel gets to end a killed process: it needs more only in uninterruptible sleep. */
const KILL_MS = 1000;

/**
 * Ends processes: asks, waits, kills. Give it a `snapshotTree`, so that the children of a parent that dies first are
 * known. Children that the targets start meanwhile (and such as were not named) are not asked, but get the SIGKILL.
 * Never touches pid 1, this process and what it started (unless that is a target), or a pid that came to belong to
 * another process. What may not be signalled counts as survived.
 */
export async function endProcesses(
  targets: readonly ProcessIdentity[],
  { signal = 'SIGTERM', graceMs }: EndOptions,
): Promise<EndReport> {
  const living = targets.filter(isAlive);
  const doomed = new Map(living.filter(maySignal).map((target) => [keyOf(target), target]));
  addDescendants(doomed);
  await signalAll(living, signal);
  if (!(await areGone(doomed, graceMs))) {
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
