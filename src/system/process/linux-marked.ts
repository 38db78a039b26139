import { inSlices } from '../slices.ts';
import { sleep } from '../sleep.ts';
import { environmentOf, isChangingProgram, variableIn } from './environment.ts';
import { readNewestPid, type MayBeYounger } from './pid-order.ts';
import { listPids } from './proc-stat.ts';
import type { ProcessIdentity } from './process-table.ts';

/** Each round after the first costs the reading of one folder. */
const LEAST_ROUNDS = 2;
/** A process may become another program for as long as a busy machine gives it no turn, or its disk takes. ms */
const CHANGE_PAUSE_MS = 5;
const LONGEST_CHANGE_MS = 1000;

/** What can be seen of a process. */
export interface MarkReader {
  environmentOf(pid: number): string | undefined;
  isChangingProgram(pid: number): boolean;
}

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
  read: MarkReader = { environmentOf, isChangingProgram },
): Promise<Map<string, ProcessIdentity[]>> {
  const found = new Map<string, ProcessIdentity[]>();
  const seen = new Set<number>();
  const empty = new Set<number>();

  /** @returns `changing` when it can't be told yet, `again` when it takes a second reading */
  function note(pid: number): 'told' | 'changing' | 'again' {
    const environment = read.environmentOf(pid);
    if (environment === '') {
      if (read.isChangingProgram(pid)) return 'changing';
      // It may have become the new program between the two readings; with `env -i` it really has none.
      if (!empty.has(pid)) return empty.add(pid) && 'again';
    }
    seen.add(pid);
    const value = environment && variableIn(environment, name);
    const process = value ? identify(pid) : undefined;
    if (value && process) found.set(value, [...(found.get(value) ?? []), process]);
    return 'told';
  }

  const deadline = performance.now() + LONGEST_CHANGE_MS;
  for (let round = 0; round < LEAST_ROUNDS || performance.now() < deadline; round++) {
    const newest = readNewestPid();
    const states = new Set<ReturnType<typeof note>>();
    await inSlices(await listPids(), (pid) => {
      if (!seen.has(pid) && isCandidate(pid)) states.add(note(pid));
    });
    const isStill = newest !== undefined && newest === readNewestPid();
    const isTold = !states.has('changing') && !states.has('again');
    if (isTold && (round > 0 || isStill)) break;
    if (states.has('changing') && round > 0) await sleep(CHANGE_PAUSE_MS);
  }
  return found;
}
