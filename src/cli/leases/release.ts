import { instanceOf } from '../../client/instance.ts';
import type { Allocation } from '../../protocol/answers/allocation.ts';
import { hereOf } from '../../run/plan/here.ts';
import { findLease } from '../../run/leases/find-lease.ts';
import type { Context } from '../context.ts';
import { explainNotRunning } from '../services/choose/not-running.ts';

interface Flags {
  instance?: string;
  all?: boolean;
  json?: boolean;
}

export async function execute(context: Context, flags: Flags, [what = '']: string[]): Promise<number> {
  const { coordinator, cwd, env, out } = context;
  const query = { instance_id: instanceOf(env, flags.instance).instance_id, all: flags.all };
  const lease = await findLease(coordinator, what, hereOf(cwd)).catch(async (error: unknown) => {
    throw await explainNotRunning(context, error, what);
  });
  const released = await coordinator.release(lease.lock_id, query);
  if (flags.json) out.json({ success: true, ...released });
  else out.note(describe(released));
  const left = released.state === 'released' ? describeLeft(lease) : undefined;
  if (left !== undefined) out.note(left);
  return 0;
}

function describe({ port, state, service_name, service_type, sharers = [] }: Allocation): string {
  const service = `${port} (${service_name ?? service_type})`;
  if (state === 'released') return `released ${service}`;
  const users = sharers.length === 1 ? 'one other still uses it' : `${sharers.length} others still use it`;
  return `gave up a share of ${service}: ${users}`;
}

/** For people: its program goes on, on a port that anybody may get from now on. */
function describeLeft({ listeners: [listener] }: Allocation): string | undefined {
  if (!listener || listener.pid === null) return undefined;
  const { pid, port, command } = listener;
  return (
    `pid ${pid} (${command ?? 'a program'}) goes on, and listens on port ${port} without a lease; ` +
    `kill ${pid} ends it (styxy stop ends a program with its lease)`
  );
}
