import { holdOf, withHold } from '../../domain/holds.ts';
import type { Hold, Lease } from '../../domain/lease.ts';
import type { LeaseRequest } from '../../domain/request.ts';
import type { Allocation } from '../../protocol/answers/allocation.ts';
import type { AttachBody } from '../../protocol/requests/allocate.ts';
import { toAllocation, unseen } from '../ledger/allocation.ts';
import { isRunning, requireProcess, starterOf, type NamedProcess } from './service.ts';
import { isForeignNamespace } from '../../system/process/pid-namespace.ts';
import type { HoldersContext } from './context.ts';
import { describeReleased, requireLease } from './describe.ts';
import { settle } from './settle.ts';

/**
 * A holder says which program it has started, or that it leaves the lease to what it has started; or somebody else that
 * it is about to end that.
 * @throws StyxyError LEASE_NOT_FOUND, INVALID_REQUEST, STATE_UNWRITABLE
 */
export async function attach(
  context: HoldersContext,
  lockId: string,
  { adopt, share_id: holdId, ending, ...program }: AttachBody,
): Promise<Allocation> {
  const lease = requireLease(context, lockId);
  const hold = holdId === undefined || !lease.shared ? lease.holds[0] : holdOf(lease, holdId);
  if (ending && hold)
    context.connections.send(hold.id, { event: 'ending', by: ending.by, alone: ending.alone ?? false });
  // A program of another pid namespace is found by the lease's marker, if at all.
  const isSeen = program.process_id !== undefined && !isForeignNamespace(program.pid_namespace);
  const served = hold && isSeen ? serve(context, lease, hold, program) : lease;
  if (!adopt || !hold) return toAllocation(served, unseen(served));
  const done = detach(context, served, holdOf(served, hold.id) ?? hold);
  context.detaching.set(hold.id, { lease, done });
  return done.finally(() => context.detaching.delete(hold.id));
}

/** The first who serves a shared lease keeps that part as long as its program lives. */
function serve(context: HoldersContext, lease: Lease, hold: Hold, program: NamedProcess): Lease {
  const { ledger, machine } = context;
  const service = requireProcess(machine, program);
  const { shared } = lease;
  if (shared && shared.servedBy !== hold.id && isRunning(lease.service, machine)) return lease;
  const served = {
    ...withHold(lease, { ...hold, startedBy: starterOf(hold, service.pid, machine) }),
    service,
    ...(shared && { shared: { ...shared, servedBy: hold.id } }),
  };
  ledger.change(served);
  return served;
}

/** A server that made itself a daemon, or has just begun to, keeps the port; else it is free at once. */
async function detach(context: HoldersContext, lease: Lease, hold: Hold): Promise<Allocation> {
  const ended = { lockId: lease.id, hold, ended: 'detached', isAsked: true } as const;
  const [settled] = await settle(context, [ended]);
  const rest = context.state.leases.get(lease.id);
  if (!rest) return describeReleased(settled?.lease ?? lease);
  const seen = unseen(rest);
  const isServed = settled?.outcome?.do === 'adopt' && settled.found.listening === true;
  return toAllocation(rest, isServed && seen.state === 'granted' ? { ...seen, state: 'bound' } : seen);
}

/** Waits for holders who are about to leave what this asker would get. */
export async function awaitDetaching(
  { detaching }: Pick<HoldersContext, 'detaching'>,
  { project, name, port, prefer }: LeaseRequest,
): Promise<void> {
  const awaited = [...detaching.values()].filter(
    ({ lease }) =>
      (lease.holds[0].project === project && lease.name === name) ||
      lease.port === port ||
      lease.port === prefer,
  );
  await Promise.allSettled(awaited.map(({ done }) => done));
}
