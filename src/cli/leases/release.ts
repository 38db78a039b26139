import { parsePort } from '../../base/port-number.ts';
import { StyxyError } from '../../base/styxy-error.ts';
import { instanceOf } from '../../client/session.ts';
import type { Allocation } from '../../protocol/allocation.ts';
import type { Coordinator } from '../../protocol/coordinator.ts';
import { findWorktree } from '../../system/worktree.ts';
import type { Context } from '../context.ts';

interface Flags {
  instance?: string;
  all?: boolean;
  json?: boolean;
}

export async function execute(context: Context, flags: Flags, [what = '']: string[]) {
  const { coordinator, env, out } = context;
  const query = { instance_id: instanceOf(env, flags.instance).instance_id, all: flags.all };
  const released = await coordinator.release(await lockIdOf(context, what), query);
  if (flags.json) out.json({ success: true, ...released });
  else out.note(describe(released));
  return 0;
}

/** A port, a service of this worktree by its name, or else the id itself. */
async function lockIdOf({ coordinator, cwd }: Context, what: string): Promise<string> {
  if (/^\d+$/.test(what)) return lockIdOfPort(coordinator, what);
  const { allocations } = await coordinator.list();
  if (allocations.some(({ lock_id }) => lock_id === what)) return what;
  const { path } = findWorktree(cwd);
  const named = allocations.filter(
    ({ service_name, project_path, sharers = [] }) =>
      service_name === what && [{ project_path }, ...sharers].some((user) => user.project_path === path),
  );
  if (named.length > 1) {
    const ports = named.map(({ port }) => port).join(', ');
    throw new StyxyError('USAGE', `"${what}" has several leases here: ${ports}`, { hint: 'name its port' });
  }
  return named[0]?.lock_id ?? what;
}

async function lockIdOfPort(coordinator: Coordinator, text: string): Promise<string> {
  const { allocation, available, port, reason } = await coordinator.check(
    parsePort(text, 'the port to release'),
  );
  if (allocation) return allocation.lock_id;
  throw new StyxyError('LEASE_NOT_FOUND', `port ${port} has no lease`, {
    why: available ? 'nothing is leased there' : reason,
  });
}

function describe({ port, state, service_name, service_type, sharers = [] }: Allocation): string {
  const service = `${port} (${service_name ?? service_type})`;
  if (state === 'released') return `released ${service}`;
  const users = sharers.length === 1 ? 'one other still uses it' : `${sharers.length} others still use it`;
  return `gave up a share of ${service}: ${users}`;
}
