import type { Allocation } from '../../protocol/answers/allocation.ts';
import type { WireListener } from '../../protocol/answers/listener.ts';
import { endLease, type EndedLease } from '../../run/leases/end-lease.ts';
import { hereOf } from '../../run/plan/here.ts';
import { findService } from '../../run/leases/find-lease.ts';
import type { Context } from '../context.ts';

export async function execute(
  context: Context,
  { json }: { json?: boolean },
  [what = '']: string[],
): Promise<number> {
  const { coordinator, cwd, out } = context;
  const here = hereOf(cwd);
  const stopped: Allocation[] = [];
  for (const lease of await findService(coordinator, what, here)) {
    const ended = await endLease(context, lease);
    stopped.push(ended.allocation);
    out.note(describe(ended, here.path));
  }
  if (json) out.json({ success: true, stopped });
  return 0;
}

function describe({ allocation, onlyReleased, isElsewhere }: EndedLease, here: string): string {
  const { port, service_name, service_type, project_path, listeners } = allocation;
  const where = project_path === null || project_path === here ? '' : ` of ${project_path}`;
  const subject = `${service_name ?? service_type} (port ${port})${where}`;
  const [listener] = listeners;
  if (!onlyReleased) return `stopped ${subject}`;
  if (isElsewhere)
    return `released ${subject}; it runs in another pid namespace (a container, a sandbox), and was left alone`;
  return listener
    ? `released ${subject}; ${nameOf(listener)} still listens there, and was left alone`
    : `released ${subject}; no process was to be ended`;
}

function nameOf({ pid, command }: WireListener): string {
  return pid === null ? "another user's program" : `pid ${pid} (${command ?? 'a program'})`;
}
