import type { ProcessIdentity } from '../../system/process/identity.ts';
import { endProcesses } from '../../system/process/kill-tree.ts';
import type { Descendants } from './descendants.ts';

/** From SIGTERM to SIGKILL; and from a Ctrl-C, which they got as well, to SIGTERM. */
const GRACE_MS = 3000;
/** A program may start another one as its last act; two that start each other anew are not waited for. */
const MOST_ROUNDS = 5;

/**
 * Ends all that a command has started.
 * @param isAsked it has got the signal that the command got, and is given time to end by itself
 */
export async function endDescendants(
  descendants: Descendants,
  isAsked: (process: ProcessIdentity) => boolean,
): Promise<void> {
  const met = new Set<string>();
  const isNew = ({ pid, startTime }: ProcessIdentity): boolean => !met.has(`${pid} ${startTime}`);
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const left = (await descendants.find()).filter(isNew);
    if (left.length === 0) return;
    for (const { pid, startTime } of left) met.add(`${pid} ${startTime}`);
    await endProcesses(left, { graceMs: GRACE_MS, isAsked: round === 0 ? isAsked : () => false });
  }
}
