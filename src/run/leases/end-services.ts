import type { Allocation } from '../../protocol/answers/allocation.ts';
import { StyxyError } from '../../base/styxy-error.ts';
import { LEASE_MARKER } from '../../protocol/lease-marker.ts';
import { identify, type ProcessIdentity } from '../../system/process/identity.ts';
import { isForeignNamespace } from '../../system/process/pid-namespace.ts';
import {
  ancestorsOf,
  currentView,
  findAllMarked,
  isDescendant,
  snapshotTreeOf,
} from '../../system/process/tree.ts';
import { endLease, endProgram, type EndedLease, type Leases } from './end-lease.ts';
import { isPortWord } from './find-lease.ts';
import { leasesOfRun } from './same-service.ts';

/*
 * A run may hold the leases of several programs. One of them is ended alone where its processes can be told from those
 * of the others; else all of the run ends.
 */

/** What is to end, understood before anything is ended. */
export interface Ending {
  lease: Allocation;
  /** Its program alone; undefined: whatever holds the lease, with all that it holds. */
  processes: readonly ProcessIdentity[] | undefined;
  /** It was not named, and is of the same run. */
  isAlong: boolean;
}

type Known = Pick<Leases['coordinator'], 'list'>;

/** @param meant the leases that were named */
export async function planEndings(coordinator: Known, meant: readonly Allocation[]): Promise<Ending[]> {
  const { allocations } = await coordinator.list();
  const endings = new Map<string, Ending>();
  for (const lease of meant) {
    const run = leasesOfRun(lease, allocations);
    const others = run.slice(1).filter((each) => !meant.some(({ lock_id: id }) => id === each.lock_id));
    const processes = others.length > 0 ? await processesOfProgram(lease, run.slice(1)) : undefined;
    endings.set(lease.lock_id, { lease, processes, isAlong: false });
    for (const each of processes ? [] : others)
      endings.set(each.lock_id, { lease: each, processes: undefined, isAlong: true });
  }
  return [...endings.values()];
}

/**
 * A port may be that of a program without a lease, beside the services of a run: it is known by one of them, and would
 * live on.
 * @param words what was named
 * @throws StyxyError LEASE_NOT_FOUND, where what has one of these ports is not among what ends
 */
export async function requireEnded(
  coordinator: Pick<Leases['coordinator'], 'check'>,
  words: readonly string[],
  endings: readonly Ending[],
): Promise<void> {
  for (const port of words.filter(isPortWord).map(Number)) {
    const { allocation, listener } = await coordinator.check(port);
    const ending = endings.find(({ lease }) => lease.lock_id === allocation?.lock_id);
    if (!ending?.processes || !listener || ending.lease.port === port) continue;
    if (ending.processes.some(({ pid }) => pid === listener.pid)) continue;
    const { service_name: name, service_type: type, port: own } = ending.lease;
    throw new StyxyError('LEASE_NOT_FOUND', `port ${port} has no lease`, {
      why: `pid ${listener.pid} (${listener.command ?? 'a program'}) is of the same run as ${name ?? type} (port ${own}), which would end without it`,
      hint: `end it yourself: kill ${listener.pid}`,
    });
  }
}

/** @throws StyxyError of the coordinator */
export function end(leases: Leases, { lease, processes }: Ending): Promise<EndedLease> {
  return processes ? endProgram(leases, lease, processes) : endLease(leases, lease);
}

/**
 * What runs for this lease and for no other one of the same run: what carries its marker. The first program's marker is
 * that of the whole command, so its branch of the tree is taken, from its listener up to where another program begins.
 * @returns undefined where that can't be told, and in the program itself
 */
async function processesOfProgram(
  lease: Allocation,
  others: readonly Allocation[],
): Promise<ProcessIdentity[] | undefined> {
  const { process_id: command, holder, lock_id: id } = lease;
  if (command === null || command === holder.pid || isForeignNamespace(holder.pid_namespace))
    return undefined;
  const marked = await findAllMarked(LEASE_MARKER);
  const markedBy = (each: string): readonly ProcessIdentity[] => marked.get(each) ?? [];
  const isOfAll = (each: string): boolean => markedBy(each).some(({ pid }) => pid === command);
  const knownOf = (each: Allocation): number[] => [
    ...listenersOf(each),
    ...(isOfAll(each.lock_id) ? [] : markedBy(each.lock_id).map(({ pid }) => pid)),
  ];
  const theirs = others.map(knownOf);
  const own = isOfAll(id) ? branches(listenersOf(lease), command, theirs) : markedBy(id);
  const trees = own.flatMap((root) => snapshotTreeOf(root));
  const pids = new Set(trees.map(({ pid }) => pid));
  const isShared = theirs.flat().some((pid) => pids.has(pid));
  return pids.size === 0 || isShared || pids.has(process.pid) ? undefined : unique(trees);
}

/** From each listener the highest process below the command that has nothing of another program under it. */
function branches(
  listeners: readonly number[],
  command: number,
  theirs: readonly number[][],
): ProcessIdentity[] {
  // Where nothing is known of another program, it may be anywhere.
  if (theirs.some((pids) => pids.length === 0)) return [];
  const view = currentView();
  const isAboveOther = (pid: number): boolean => theirs.flat().some((each) => isDescendant(each, pid, view));
  return listeners.flatMap((pid) => {
    const above = ancestorsOf(pid, view);
    const below = above.slice(0, Math.max(above.indexOf(command), 0));
    if (!above.includes(command)) return [];
    const end = below.findIndex(isAboveOther);
    const root = identify([pid, ...below.slice(0, end < 0 ? below.length : end)].at(-1)!);
    // Still between the two after its start time was read: so it is the one that was meant.
    const isBetween = root && (root.pid === pid || isDescendant(pid, root.pid));
    return isBetween && isDescendant(root.pid, command) ? root : [];
  });
}

const listenersOf = ({ listeners }: Allocation): number[] => listeners.flatMap(({ pid }) => pid ?? []);

function unique(trees: readonly ProcessIdentity[]): ProcessIdentity[] {
  return [...new Map(trees.map((each) => [each.pid, each])).values()];
}
