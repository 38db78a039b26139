import { LEASE_MARKER, PORT_VARIABLE } from '../../protocol/lease-marker.ts';
import { endInRounds } from '../../system/process/end-in-rounds.ts';
import { isAlive, type ProcessIdentity } from '../../system/process/identity.ts';
import { endProcesses } from '../../system/process/kill-tree.ts';
import { isOpenedForUser } from '../../system/process/opened-for-user.ts';
import type { Descendants } from './descendants.ts';
import { isInOurGroup } from './signals.ts';

export interface EndingRules {
  graceMs: number;
  /** It has got the signal that the command got, and is given time to end by itself. */
  isAsked: (process: ProcessIdentity) => boolean;
  /** The grace is over: the one who waits has asked once more. */
  isOver: () => boolean;
}

/**
 * Ends all that a command has started: its tree first, and once that has gone what is left of it elsewhere. A server in
 * the background may be needed by the command until then.
 * @param before the tree when the end was asked for
 */
export async function endDescendants(
  descendants: Descendants,
  before: readonly ProcessIdentity[],
  rules: EndingRules,
): Promise<void> {
  let isFirst = true;
  const find = async (): Promise<ProcessIdentity[]> => {
    const tree = isFirst ? [...before, ...descendants.tree()].filter(isAlive) : [];
    isFirst = false;
    return tree.length > 0 ? tree : descendants.find();
  };
  await endInRounds(find, (found) => endProcesses(found, { ...rules, isSpared }));
}

/**
 * Ends what a command has left behind that has ended by itself, except for what has a process
 * group of its own: a daemon, a job of an interactive shell.
 */
export async function endOrphans(
  descendants: Descendants,
  graceMs: number,
  onFound: (left: readonly ProcessIdentity[]) => void,
): Promise<void> {
  const find = async (): Promise<ProcessIdentity[]> =>
    (await descendants.find()).filter(({ pid }) => isInOurGroup(pid));
  await endInRounds(find, (found) => {
    onFound(found);
    return endProcesses(found, { graceMs, isSpared });
  });
}

const isSpared = ({ pid }: ProcessIdentity): boolean => isOpenedForUser(pid, LEASE_MARKER, PORT_VARIABLE);
