import { StyxyError } from '../../base/styxy-error.ts';
import type { Allocation } from '../../protocol/answers/allocation.ts';
import { endedBy } from '../../run/leases/end-lease.ts';
import { end, planEndings } from '../../run/leases/end-services.ts';
import { findLease } from '../../run/leases/find-lease.ts';
import { hereOf } from '../../run/plan/here.ts';
import type { Context } from '../context.ts';
import { explainNotRunning } from '../services/choose/not-running.ts';
import type { Session } from './session.ts';

interface Meant {
  what: string;
  /** The user wants it also when it is another session's. */
  confirm: boolean;
}

/** @throws StyxyError LEASE_NOT_FOUND, USAGE, FORBIDDEN */
export async function stop(context: Context, session: Session, { what, confirm }: Meant) {
  const lease = await leaseCalled(context, what);
  const endings = await planEndings(context.coordinator, [lease]);
  for (const ending of endings) requireOwn(session, ending.lease, 'stop', confirm);
  const by = endedBy('mcp', context.cwd);
  const ended = [];
  for (const ending of endings) ended.push(await end({ ...context, by }, ending));
  return {
    stopped: ended.map(({ allocation }) => allocation),
    left_running: ended
      .filter(({ onlyReleased, allocation }) => onlyReleased && allocation.listeners.length > 0)
      .map(({ allocation }) => allocation.port),
  };
}

/** @throws StyxyError LEASE_NOT_FOUND, USAGE, FORBIDDEN, LEASE_SHARED */
export async function release(context: Context, session: Session, { what, confirm }: Meant) {
  const lease = await leaseCalled(context, what);
  requireOwn(session, lease, 'release', confirm);
  const released = await context.coordinator.release(lease.lock_id, { instance_id: session.id });
  return { ...released, success: true as const };
}

/** @throws StyxyError LEASE_NOT_FOUND, USAGE */
async function leaseCalled(context: Context, what: string): Promise<Allocation> {
  try {
    return await findLease(context.coordinator, what, hereOf(context.cwd));
  } catch (error) {
    throw await explainNotRunning(context, error, what);
  }
}

function requireOwn({ own }: Session, lease: Allocation, verb: string, confirm: boolean): void {
  const { instance_id: id, sharers = [], port, service_name: name, service_type: type, project_path } = lease;
  const users = sharers.length > 0 ? sharers.map((each) => each.instance_id) : [id];
  if (confirm || users.every((user) => user !== null && own.includes(user))) return;
  const others = users.filter((user) => user === null || !own.includes(user));
  const owner = others.map((user) => (user === null ? "a person's shell" : `session ${user}`)).join(' and ');
  throw new StyxyError('FORBIDDEN', `${name ?? type} on port ${port} is not this session's to ${verb}`, {
    why: `it belongs to ${owner}, in ${project_path ?? 'no worktree'}`,
    hint: 'start a server of your own with the tool ensure, or ask the user, and then say confirm: true',
    details: { port, instance_id: id },
  });
}
