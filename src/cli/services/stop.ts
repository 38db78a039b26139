import type { Allocation } from '../../protocol/answers/allocation.ts';
import type { WireListener } from '../../protocol/answers/listener.ts';
import { StyxyError } from '../../base/styxy-error.ts';
import type { EndedLease } from '../../run/leases/end-lease.ts';
import { end, type Ending, planEndings } from '../../run/leases/end-services.ts';
import { type Here, hereOf } from '../../run/plan/here.ts';
import { findService } from '../../run/leases/find-lease.ts';
import type { Context } from '../context.ts';
import { askYesNo } from '../print/ask.ts';

interface Flags {
  all?: boolean;
  yes?: boolean;
  json?: boolean;
}

export async function execute(context: Context, flags: Flags, words: string[]): Promise<number> {
  const { coordinator, cwd, out } = context;
  const here = hereOf(cwd);
  const leases = flags.all ? await allHere(context, here.path, words) : await named(context, here, words);
  const endings = await planEndings(coordinator, leases);
  if (!(await isAgreed(flags, endings, out))) return 1;
  const stopped: Allocation[] = [];
  for (const ending of endings) {
    const ended = await end(context, ending);
    stopped.push(ended.allocation);
    out.note(describe(ended, here.path));
  }
  if (flags.json) out.json({ success: true, stopped });
  return 0;
}

/** Every word is understood before anything is ended. */
async function named({ coordinator }: Context, here: Here, words: string[]): Promise<Allocation[]> {
  if (words.length === 0) {
    throw new StyxyError('USAGE', 'nothing is named that is to be stopped', {
      hint: 'styxy stop <service or port>, or styxy stop --all for all that runs in this worktree',
    });
  }
  const found = new Map<string, Allocation>();
  for (const word of words) {
    for (const lease of await findService(coordinator, word, here)) found.set(lease.lock_id, lease);
  }
  return [...found.values()];
}

async function allHere({ coordinator, out }: Context, here: string, words: string[]): Promise<Allocation[]> {
  if (words.length > 0) {
    throw new StyxyError(
      'USAGE',
      `--all stops everything in this worktree, and "${words.join(' ')}" is named`,
      {
        hint: `styxy stop ${words.join(' ')}, or styxy stop --all`,
      },
    );
  }
  const { allocations } = await coordinator.list({ project: here });
  if (allocations.length === 0) out.note(`nothing runs in ${here}`);
  return allocations;
}

/** At a terminal it is shown first what will end, where that is more than what was named. */
async function isAgreed(
  { all, yes, json }: Flags,
  endings: readonly Ending[],
  out: Context['out'],
): Promise<boolean> {
  const along = endings.filter(({ isAlong }) => isAlong).map(({ lease }) => shortly(lease));
  if (along.length > 0) out.note(`${along.join(' and ')} is of the same run, and ends with it`);
  if (yes || json || endings.length === 0 || (!all && along.length === 0)) return true;
  return askYesNo(`stop ${endings.map(({ lease }) => shortly(lease)).join(', ')}?`);
}

function shortly({ port, service_name, service_type, actual_ports: ports }: Allocation): string {
  const isElsewhere = ports.length > 0 && !ports.includes(port);
  const place = isElsewhere ? `${ports.join(', ')} instead of ${port}` : String(port);
  return `${service_name ?? service_type} (port ${place})`;
}

function describe({ allocation, onlyReleased, isElsewhere }: EndedLease, here: string): string {
  const { project_path, listeners } = allocation;
  const where = project_path === null || project_path === here ? '' : ` of ${project_path}`;
  const subject = `${shortly(allocation)}${where}`;
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
