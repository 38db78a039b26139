import { StyxyError } from '../../base/styxy-error.ts';
import type { Lease } from '../../domain/lease.ts';
import type { StopAnswer } from '../../protocol/answers/lease.ts';
import { sleep } from '../../system/sleep.ts';
import type { StopQuery } from '../../protocol/requests/allocate.ts';
import type { HoldersContext } from '../holders/context.ts';
import { describeReleased, requireLease } from '../holders/describe.ts';
import { alongWith, takesNone, takesOrders } from './restart.ts';
import { settle } from '../holders/settle.ts';

/** What a run takes beyond the grace of its command: to kill what is left, and to give its lease back. ms */
const BEYOND_GRACE_MS = 5000;
const POLL_MS = 25;

/**
 * Ends what runs with a lease. A run is told to end its command; what it left behind and the lease now follows is ended
 * as what a killed wrapper leaves is; of a lease that no process keeps only the lease ends. A process that somebody else
 * has named is never signalled.
 * @throws StyxyError LEASE_NOT_FOUND, TAKES_NO_ORDERS, TIMED_OUT, STATE_UNWRITABLE
 */
export async function stop(
  context: HoldersContext,
  lockId: string,
  query: StopQuery = {},
): Promise<StopAnswer> {
  const lease = requireLease(context, lockId);
  const { holder } = lease.holds[0];
  const along = takesOrders(context, lease) ? alongWith(context, lease) : [];
  const answer = (onlyReleased: boolean): StopAnswer => ({
    ...describeReleased(lease),
    success: true,
    only_released: onlyReleased,
    along,
  });
  if (takesOrders(context, lease)) {
    context.connections.send(lease.holds[0].id, { event: 'stop' });
    if (!query.no_wait && !(await hasLeft(context, lease))) throw goesOn(lease);
    return answer(false);
  }
  const isFollowed = lease.orphanedAt !== undefined || (holder.kind === 'process' && holder.isAdopted);
  if (isFollowed) {
    const processes = await context.machine.processesOf(lease);
    await context.machine.endProcesses(processes, context.settings().end_grace_ms);
    await giveBack(context, lease);
    return answer(processes.length === 0);
  }
  if (holder.kind === 'connection' || holder.kind === 'process') throw takesNone(lease, 'stop');
  await giveBack(context, lease);
  return answer(true);
}

/** A lease that several use goes on with the next of them. */
async function hasLeft(
  { state, settings, uptime }: HoldersContext,
  { id, holds: [{ id: holdId }] }: Lease,
): Promise<boolean> {
  const deadline = uptime() + settings().end_grace_ms + BEYOND_GRACE_MS;
  while (uptime() < deadline) {
    if (state.leases.get(id)?.holds[0].id !== holdId) return true;
    await sleep(POLL_MS);
  }
  return false;
}

/** It may have ended with its processes. */
async function giveBack(context: HoldersContext, { id, holds: [before] }: Lease): Promise<void> {
  const lease = context.state.leases.get(id);
  const hold = lease?.holds.find((each) => each.id === before.id);
  if (hold) await settle(context, [{ lockId: id, hold, ended: 'released', isAsked: true }]);
}

function goesOn({ id, port }: Lease): StyxyError {
  return new StyxyError('TIMED_OUT', `what runs on port ${port} has not ended yet`, {
    why: 'its run was told to end it, and its grace is over',
    hint: `styxy stop ${port}`,
    details: { port, lock_id: id },
  });
}
