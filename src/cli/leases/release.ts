import { instanceOf } from '../../client/instance.ts';
import type { Allocation } from '../../protocol/answers/allocation.ts';
import { hereOf } from '../../run/plan/here.ts';
import { findLease } from '../../run/leases/find-lease.ts';
import type { Context } from '../context.ts';

interface Flags {
  instance?: string;
  all?: boolean;
  json?: boolean;
}

export async function execute(context: Context, flags: Flags, [what = '']: string[]): Promise<number> {
  const { coordinator, cwd, env, out } = context;
  const query = { instance_id: instanceOf(env, flags.instance).instance_id, all: flags.all };
  const { lock_id: id } = await findLease(coordinator, what, hereOf(cwd));
  const released = await coordinator.release(id, query);
  if (flags.json) out.json({ success: true, ...released });
  else out.note(describe(released));
  return 0;
}

function describe({ port, state, service_name, service_type, sharers = [] }: Allocation): string {
  const service = `${port} (${service_name ?? service_type})`;
  if (state === 'released') return `released ${service}`;
  const users = sharers.length === 1 ? 'one other still uses it' : `${sharers.length} others still use it`;
  return `gave up a share of ${service}: ${users}`;
}
