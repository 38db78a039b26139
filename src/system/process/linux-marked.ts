import { inSlices } from '../slices.ts';
import { environmentOf, isChangingProgram, variableIn } from './environment.ts';
import { readNewestPid, type MayBeYounger } from './pid-order.ts';
import { listPids } from './proc-stat.ts';
import type { ProcessIdentity } from './process-table.ts';

/** Each further round costs the reading of one folder. */
const MOST_ROUNDS = 10;

/**
 * All processes that were started with this environment variable, by its value. What changed in it later does not show.
 *
 * Who makes himself a daemon forks and ends, or is just becoming another program, and has no environment for that
 * moment. So what was forked during a round, or changed its program then, is looked at once more.
 * @param isCandidate who is looked at: reading an environment costs 40 us, and a machine has hundreds of processes
 */
export async function findAllMarked(
  name: string,
  identify: (pid: number) => ProcessIdentity | undefined,
  isCandidate: MayBeYounger = () => true,
): Promise<Map<string, ProcessIdentity[]>> {
  const found = new Map<string, ProcessIdentity[]>();
  const seen = new Set<number>();

  /** @returns false when it can't be told yet */
  function note(pid: number): boolean {
    const environment = environmentOf(pid);
    if (environment === '' && isChangingProgram(pid)) return false;
    seen.add(pid);
    const value = environment && variableIn(environment, name);
    const process = value ? identify(pid) : undefined;
    if (value && process) found.set(value, [...(found.get(value) ?? []), process]);
    return true;
  }

  let isOver = false;
  for (let round = 0; round < MOST_ROUNDS && !isOver; round++) {
    const newest = readNewestPid();
    let isTold = true;
    await inSlices(await listPids(), (pid) => {
      if (!seen.has(pid) && isCandidate(pid) && !note(pid)) isTold = false;
    });
    const isStill = newest !== undefined && newest === readNewestPid();
    isOver = isTold && (round > 0 || isStill);
  }
  return found;
}
