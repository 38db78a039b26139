import type { Coordinator } from '../../protocol/coordinator.ts';
import { LEASE_MARKER } from '../../protocol/lease-marker.ts';
import type { FoundListener } from '../../system/ports/listener.ts';
import { listenersNow } from '../../system/ports/listeners.ts';
import { describeProcess, type ProcessIdentity } from '../../system/process/identity.ts';
import { findMarked, isDescendant, parentOf } from '../../system/process/tree.ts';
import { lockIdsOf, type RunLease } from './obtain.ts';

/** What is known of a command that has ended. */
export interface EndedCommand {
  /** ms since the epoch */
  startedAt: number;
  /** What it has started, was seen, and still lives. */
  left: readonly ProcessIdentity[];
}

/**
 * The ports of a run on which an outsider listens. A helper of the command that throws its environment away, leaves the
 * tree and serves (sudo, systemd-run, a container) is none: a command that has worked must not be run again. So the
 * listener has to be older than the command, or its starter must live and not be the command; otherwise the port counts
 * as the command's own.
 */
export async function portsTakenByOutsiders(
  { ports, allocations }: Pick<RunLease, 'ports' | 'allocations'>,
  command: EndedCommand,
  coordinator: Pick<Coordinator, 'check'>,
): Promise<number[]> {
  const listeners = await listenersNow();
  const marked = await findMarked(LEASE_MARKER, lockIdsOf({ allocations }));
  const own = { ...command, left: [...command.left, ...marked] };
  const taken: number[] = [];
  for (const [index, { port }] of ports.entries()) {
    const id = allocations[index]?.lock_id;
    const there = listeners.filter((each) => each.port === port);
    if (there.length === 0 || !there.every((each) => isOutsider(each, own))) continue;
    if (id === undefined || !(await isServed(port, id, coordinator))) taken.push(port);
  }
  return taken;
}

function isOutsider(
  { pid, user, startedAt: since }: FoundListener,
  { startedAt, left }: EndedCommand,
): boolean {
  // Another user's: one that sudo has started, if anything of that user was started here.
  if (pid === null) return !left.some((each) => describeProcess(each.pid)?.user === user);
  if (left.some((each) => each.pid === pid || isDescendant(pid, each.pid))) return false;
  // Known to the second.
  if (since !== null && Date.parse(since) + 1000 <= startedAt) return true;
  const parent = parentOf(pid);
  return parent !== undefined && !isReaper(parent);
}

/** It gets the children of processes that have ended, so that being its child tells nothing. */
function isReaper(pid: number): boolean {
  return pid <= 1 || /^(\S*\/)?systemd( |$)/.test(describeProcess(pid)?.command ?? '');
}

/** By the command's tree as the daemon has seen it, or by a container that is younger than the lease. */
async function isServed(port: number, id: string, coordinator: Pick<Coordinator, 'check'>): Promise<boolean> {
  const { allocation } = await coordinator.check(port);
  return allocation?.lock_id === id && allocation.state === 'bound';
}
