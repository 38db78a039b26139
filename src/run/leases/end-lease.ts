import { homedir } from 'node:os';
import type { Allocation } from '../../protocol/answers/allocation.ts';
import { StyxyError } from '../../base/styxy-error.ts';
import { tildePath } from '../../base/short-text.ts';
import { LEASE_MARKER, PORT_VARIABLE } from '../../protocol/lease-marker.ts';
import { END_MARGIN_MS, wrapperEndLimit } from '../../settings/defaults.ts';
import { endInRounds } from '../../system/process/end-in-rounds.ts';
import { identify, isAlive, type ProcessIdentity } from '../../system/process/identity.ts';
import { endProcesses } from '../../system/process/kill-tree.ts';
import { isOpenedForUser } from '../../system/process/opened-for-user.ts';
import { signalAll, signalOne } from '../../system/process/signal.ts';
import { isForeignNamespace } from '../../system/process/pid-namespace.ts';
import { findMarked, isDescendant, snapshotTreeOf } from '../../system/process/tree.ts';
import { loadEndGrace } from './settings.ts';
import type { Watched } from './readiness.ts';
import { waitUntil } from './wait-until.ts';

/** How long a wrapper may live on after it has given its lease back. ms */
const EXIT_MS = 1000;

/** What it takes to end a lease. */
export interface Leases extends Watched<
  'list' | 'check' | 'release' | 'stop' | 'attach' | 'cleanup' | 'status'
> {
  /** Who ends it: told at the terminal of the run. */
  readonly by: string;
}

/** @returns `styxy stop in ~/shop` */
export const endedBy = (command: string, cwd: string): string =>
  `styxy ${command} in ${tildePath(cwd, homedir())}`;

export interface EndedLease {
  allocation: Allocation;
  /** Nothing was ended but the lease: no process was known, or it is one that we run in. */
  onlyReleased: boolean;
  /** So it was because its processes are in another pid namespace: a number of theirs is somebody else's here. */
  isElsewhere: boolean;
}

/** What a wrapper leaves behind becomes the next holder, which is ended in the next turn. */
const MOST_HOLDERS = 4;

/**
 * Ends what keeps a lease alive, and waits until the lease has ended and its port is free: a wrapper is asked to end and
 * takes its program along, a server that a lease follows is ended with its tree, a mere deadline is forgotten.
 * @throws StyxyError of the coordinator
 */
export async function endLease(leases: Leases, allocation: Allocation): Promise<EndedLease> {
  let current: Allocation | undefined = allocation;
  let onlyReleased = false;
  const graceMs = await loadEndGrace(leases.coordinator);
  for (let turn = 0; current && turn < MOST_HOLDERS; turn++) {
    const { kind }: Allocation['holder'] = current.holder;
    const pid = isElsewhere(current) ? undefined : current.holder.pid;
    // A pid may come to belong to somebody else, so its start time is read first, and then the daemon, which knows its
    // holders by theirs, is asked whether the lease is still held by this one.
    const holder = pid === undefined ? undefined : identify(pid);
    // The end of a connection is known at once, that of a process only when it is looked for.
    if (kind === 'process') await leases.coordinator.cleanup();
    const now = await leaseNow(leases, current);
    if (now && isHeldBy(now, current.holder)) onlyReleased = !(await endHolder(leases, now, holder, graceMs));
    const next = await leaseNow(leases, current);
    // A lease that several use goes on with the next of them, who is not to end.
    current = next && isAnotherUser(next, current) ? undefined : next;
  }
  if (!onlyReleased) await until(leases, () => isGivenBack(leases, allocation.port), graceMs + END_MARGIN_MS);
  return {
    allocation: { ...allocation, state: 'released' },
    onlyReleased,
    isElsewhere: isElsewhere(allocation),
  };
}

/**
 * Ends one program of a run and its lease; the run goes on with the others.
 * @param processes all that runs for this lease alone
 * @throws StyxyError of the coordinator
 */
export async function endProgram(
  leases: Leases,
  lease: Allocation,
  processes: readonly ProcessIdentity[],
): Promise<EndedLease> {
  const graceMs = await loadEndGrace(leases.coordinator);
  await tellRun(leases, lease, true);
  await endProcesses(processes, { graceMs });
  // It may have ended with the whole run: some runners end the others when one ends.
  await leases.coordinator.release(lease.lock_id).catch(() => undefined);
  await until(leases, () => isGivenBack(leases, lease.port), END_MARGIN_MS);
  return { allocation: { ...lease, state: 'released' }, onlyReleased: false, isElsewhere: false };
}

const isElsewhere = ({ holder }: Allocation): boolean => isForeignNamespace(holder.pid_namespace);

function isAnotherUser({ holder }: Allocation, before: Allocation): boolean {
  return holder.kind === 'connection' && !isSameProcess(holder, before.holder);
}

function isHeldBy({ holder }: Allocation, before: Allocation['holder']): boolean {
  return holder.kind === before.kind && isSameProcess(holder, before);
}

function isSameProcess(one: Allocation['holder'], other: Allocation['holder']): boolean {
  return one.pid === other.pid && one.pid_namespace === other.pid_namespace;
}

/** What can't be told is ended all the same. */
async function tellRun(
  { coordinator, by }: Leases,
  { lock_id: id }: Allocation,
  alone: boolean,
): Promise<void> {
  await coordinator.attach(id, { ending: { by, alone } }).catch(() => undefined);
}

/** @returns false when it was the lease alone that was ended */
async function endHolder(
  leases: Leases,
  lease: Allocation,
  holder: ProcessIdentity | undefined,
  graceMs: number,
): Promise<boolean> {
  const { kind, pid } = lease.holder;
  // A wrapper that we run in takes us along, which is what was asked for; a shell or a test runner is not to end so.
  const isAroundUs = lease.process_id === pid && holder && isDescendant(process.pid, holder.pid);
  if (kind === 'connection' && pid !== undefined && !isAroundUs && !isElsewhere(lease)) {
    await endWrapper(leases, lease, holder, wrapperEndLimit(graceMs));
    return true;
  }
  // Its process is known by no number here: it is in another pid namespace, or was not seen by the daemon.
  const isUnseen = pid === undefined || isElsewhere(lease);
  if (kind === 'connection' && isUnseen && (await askRun(leases, lease, wrapperEndLimit(graceMs))))
    return true;
  const isServer = kind === 'process' && holder && !isAroundUs;
  if (isServer) await endServer(lease, holder, graceMs);
  // It may have ended with its holder.
  await leases.coordinator.release(lease.lock_id).catch(() => undefined);
  return isServer === true;
}

/** By its tree and by the marker. */
async function endServer(
  { lock_id: id }: Allocation,
  server: ProcessIdentity,
  graceMs: number,
): Promise<void> {
  const isSpared = (each: ProcessIdentity): boolean => isOpenedForUser(each.pid, LEASE_MARKER, PORT_VARIABLE);
  const find = async (): Promise<ProcessIdentity[]> => {
    const found = [...snapshotTreeOf(server), ...(await findMarked(LEASE_MARKER, [id]))];
    return found.filter((each) => !isSpared(each));
  };
  await endInRounds(find, (found) => endProcesses(found, { graceMs, isSpared }));
}

/** @param wrapper undefined when it is dead already, and the daemon about to end what it has left */
async function endWrapper(
  leases: Leases,
  lease: Allocation,
  wrapper: ProcessIdentity | undefined,
  limitMs: number,
): Promise<void> {
  if (wrapper) {
    await tellRun(leases, lease, false);
    await signalAll([wrapper], 'SIGTERM');
    // Giving its lease back is the last it does.
    if (await until(leases, () => hasLeft(leases, lease), limitMs))
      return void (await until(leases, async () => !isAlive(wrapper), EXIT_MS));
    // Only the wrapper: the daemon ends what it leaves.
    signalOne(wrapper, 'SIGKILL');
  }
  await until(leases, () => hasLeft(leases, lease), limitMs);
}

async function hasLeft(leases: Leases, lease: Allocation): Promise<boolean> {
  const now = await leaseNow(leases, lease);
  return !now || !isHeldBy(now, lease.holder);
}

/**
 * Has the run end by the connection that it keeps its lease with.
 * @returns false where what keeps the lease takes no orders, or does not obey
 */
async function askRun(leases: Leases, lease: Allocation, limitMs: number): Promise<boolean> {
  await tellRun(leases, lease, false);
  try {
    await leases.coordinator.stop(lease.lock_id, { no_wait: true });
  } catch (error) {
    if (!(error instanceof StyxyError)) throw error;
    // An older daemon has no such route.
    if (error.code === 'TAKES_NO_ORDERS' || error.code === 'NO_ROUTE') return false;
    // It has ended meanwhile.
    if (error.code === 'LEASE_NOT_FOUND') return true;
    // One that does not know `no_wait` says nothing before the run has ended, or has taken too long.
    if (error.code !== 'TIMED_OUT' && error.details.silent !== true) throw error;
  }
  return until(leases, () => hasLeft(leases, lease), limitMs);
}

async function leaseNow(
  { coordinator }: Leases,
  { lock_id: id, project_path: project }: Allocation,
): Promise<Allocation | undefined> {
  const { allocations } = await coordinator.list({ project: project ?? undefined });
  return allocations.find((each) => each.lock_id === id);
}

/** Nothing listens there any more, or it is somebody else's by now. */
async function isGivenBack({ coordinator }: Leases, port: number): Promise<boolean> {
  const { available, allocation } = await coordinator.check(port);
  return available || allocation !== null;
}

/** @returns whether the condition came true in time */
async function until(
  { changes }: Leases,
  condition: () => Promise<boolean>,
  timeoutMs: number,
): Promise<boolean> {
  const ask = async (): Promise<true | undefined> => (await condition()) || undefined;
  return (await waitUntil(ask, { timeoutMs, wakeUps: [changes] })) ?? false;
}
