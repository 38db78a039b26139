import type { CheckAnswer } from '../../protocol/answers/ports.ts';
import type { Core } from '../core.ts';
import { toAllocation } from '../ledger/allocation.ts';
import { holderWords } from './describe-holder.ts';
import { describeKept } from './describe-kept.ts';

type CheckContext = Pick<Core, 'state' | 'machine' | 'observer'>;

/** Which lease or program has a port, if any. */
export async function checkPort(context: CheckContext, port: number): Promise<CheckAnswer> {
  const lease = context.state.leases.at(port);
  if (!lease) return checkUnleased(context, port);
  const seen = await context.observer.observe();
  const state = seen.stateOf(lease);
  const allocation = toAllocation(lease, state);
  // Of this port, and the lease's own first: one that has drifted has several.
  const there = seen.listenersOn(port);
  const listener = there.find((each) => state.listeners.includes(each)) ?? there[0] ?? null;
  const { project } = lease.holds[0];
  const owner = `"${lease.name ?? lease.type}"${project ? ` in ${project}` : ''}`;
  const reason =
    lease.port === port ? `leased to ${owner}` : `held by ${owner}, which has a lease on ${lease.port}`;
  const [outsider] = state.outsiders;
  const also = outsider && lease.port === port ? `, and also ${holderWords(outsider)}` : '';
  return { port, available: false, allocation, listener, reason: `${reason}${also}` };
}

async function checkUnleased({ state, machine, observer }: CheckContext, port: number): Promise<CheckAnswer> {
  const taken = { port, available: false, allocation: null };
  if (state.reserved.has(port))
    return { ...taken, listener: null, reason: 'it is the port of the Styxy daemon itself' };
  if (await machine.isPortFree(port)) {
    const kept = describeKept(state, port);
    return { ...taken, available: true, listener: null, reason: 'free', ...(kept && { kept_for: kept }) };
  }
  // A listener that came since the last observation is there all the same: the probe has just met it.
  const known = await observer.observe();
  const seen = known.listenersOn(port).length > 0 ? known : await observer.observe({ afresh: true });
  const [listener] = seen.listenersOn(port);
  if (!listener) {
    const reason =
      'nothing listens there, but the system keeps it busy (an outgoing or a closing connection)';
    return { ...taken, listener: null, reason };
  }
  const drifted = seen.leaseOf(listener);
  const reason = drifted
    ? `${holderWords(listener)}, which has a lease on ${drifted.port}`
    : `${holderWords(listener)}${listener.pid === null ? '' : ', which did not go through Styxy'}`;
  const allocation = drifted ? toAllocation(drifted, seen.stateOf(drifted)) : null;
  return { ...taken, allocation, listener, reason };
}
