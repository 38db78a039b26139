import { StyxyError } from '../../base/styxy-error.ts';
import type { Lease } from '../../domain/lease.ts';
import type { RestartAnswer, StopAnswer } from '../../protocol/answers/lease.ts';
import type { RestartQuery } from '../../protocol/requests/allocate.ts';
import { othersOfRun } from '../../protocol/same-run.ts';
import type { HoldersContext } from '../holders/context.ts';
import { describeLease, describeReleased, requireLease } from '../holders/describe.ts';

/**
 * Has a run start its command again. The daemon starts nothing: the run does so, which knows how.
 * @throws StyxyError LEASE_NOT_FOUND, TAKES_NO_ORDERS
 */
export async function orderRestart(
  context: HoldersContext,
  lockId: string,
  query: RestartQuery = {},
): Promise<RestartAnswer> {
  const lease = requireLease(context, lockId);
  if (!takesOrders(context, lease)) throw takesNone(lease, 'restart');
  context.connections.send(lease.holds[0].id, { event: 'restart', ...query });
  return { ...(await describeLease(context, lease)), success: true, along: alongWith(context, lease) };
}

/** What an order to the run of this lease is about as well. */
export function alongWith({ state }: HoldersContext, lease: Lease): StopAnswer['along'] {
  const all = [...state.leases.all()].map(describeReleased);
  return othersOfRun(describeReleased(lease), all).map(({ lock_id, port, service_name }) => ({
    lock_id,
    port,
    service_name,
  }));
}

export const takesOrders = ({ connections }: HoldersContext, { holds: [{ id }] }: Lease): boolean =>
  connections.takesOrders(id);

export function takesNone({ id, port, holds: [{ holder }] }: Lease, order: 'stop' | 'restart'): StyxyError {
  const pid = 'pid' in holder ? holder.pid : undefined;
  const done = order === 'stop' ? 'stopped' : 'restarted';
  return new StyxyError('TAKES_NO_ORDERS', `what holds port ${port} can't be ${done} from here`, {
    why:
      pid === undefined
        ? `no run of Styxy keeps this lease (${holder.kind})`
        : `pid ${pid} keeps the lease and is no run of Styxy that can be told to`,
    hint: order === 'stop' ? `styxy stop ${port}` : 'start it again where it was started',
    details: { port, lock_id: id },
  });
}
