import { parsePort } from '../../base/port-number.ts';
import { StyxyError } from '../../base/styxy-error.ts';
import type { Allocation, CheckAnswer } from '../../protocol/allocation.ts';
import { endLease, type EndedLease } from '../../run/leases/end-lease.ts';
import { findWorktree } from '../../system/worktree.ts';
import type { Context } from '../context.ts';

export async function execute(
  context: Context,
  { json }: { json?: boolean },
  [what = '']: string[],
): Promise<number> {
  const { coordinator, cwd, out } = context;
  const here = findWorktree(cwd).path;
  const leases = /^\d+$/.test(what) ? [await leaseAt(context, what)] : await leasesNamed(context, what, here);
  const stopped: Allocation[] = [];
  for (const lease of leases) {
    const ended = await endLease(coordinator, lease);
    stopped.push(ended.allocation);
    out.note(describe(ended, here));
  }
  if (json) out.json({ success: true, stopped });
  return 0;
}

function describe({ allocation, onlyReleased }: EndedLease, here: string): string {
  const { port, service_name, service_type, project_path, listeners } = allocation;
  const where = project_path === null || project_path === here ? '' : ` of ${project_path}`;
  const subject = `${service_name ?? service_type} (port ${port})${where}`;
  const [listener] = listeners;
  if (!onlyReleased) return `stopped ${subject}`;
  return listener
    ? `released ${subject}; ${nameOf(listener)} still listens there, and was left alone`
    : `released ${subject}; no process was to be ended`;
}

async function leaseAt({ coordinator }: Context, text: string): Promise<Allocation> {
  const checked = await coordinator.check(parsePort(text, 'the port to stop'));
  if (checked.allocation) return checked.allocation;
  throw new StyxyError('LEASE_NOT_FOUND', `port ${checked.port} has no lease`, outsider(checked));
}

/** What went past Styxy is not ours to end. */
function outsider({ listener, port, reason }: CheckAnswer): { why: string; hint?: string | undefined } {
  if (!listener) return { why: reason === 'free' ? 'nothing runs there' : reason };
  return {
    why: `${nameOf(listener)} went past Styxy`,
    hint: listener.pid ? `end it yourself: kill ${listener.pid}` : `styxy whose ${port} tells more`,
  };
}

/** By name only in this worktree; a lock id says exactly which lease is meant, wherever it is. */
async function leasesNamed({ coordinator }: Context, what: string, here: string): Promise<Allocation[]> {
  const { allocations } = await coordinator.list();
  const own = allocations.filter(
    ({ service_name: name, project_path: path }) => name === what && path === here,
  );
  if (own.length > 0) return own;
  const named = allocations.filter(({ lock_id: id }) => id === what);
  if (named.length > 0) return named;
  const others = allocations.filter(({ service_name: name }) => name === what);
  throw new StyxyError('LEASE_NOT_FOUND', `"${what}" does not run here`, {
    why: others[0]
      ? `it runs ${others.map(placeOf).join(' and ')}`
      : `no service of ${here} and no lease has this name`,
    hint: others[0] ? `styxy stop ${others[0].port} ends that one` : undefined,
  });
}

const placeOf = ({ project_path: path, port }: Allocation): string =>
  path === null ? `outside of any worktree (port ${port})` : `in ${path} (port ${port})`;

function nameOf({ pid, command }: { pid: number | null; command: string | null }): string {
  return pid === null ? "another user's program" : `pid ${pid} (${command ?? 'a program'})`;
}
