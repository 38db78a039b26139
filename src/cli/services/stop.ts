import type { Allocation } from '../../protocol/answers/allocation.ts';
import type { WireListener } from '../../protocol/answers/listener.ts';
import { StyxyError } from '../../base/styxy-error.ts';
import { endedBy, type EndedLease, type Leases } from '../../run/leases/end-lease.ts';
import { end, type Ending, planEndings, requireEnded } from '../../run/leases/end-services.ts';
import { type Here, hereOf } from '../../run/plan/here.ts';
import { findEach } from '../../run/leases/find-lease.ts';
import type { Context } from '../context.ts';
import { during } from '../print/progress/waits.ts';
import { agreeToStop, leaseWords } from '../run/along.ts';
import { LEFT, namedOrChosen } from './choose/choose-service.ts';
import { explainNotRunning } from './choose/not-running.ts';

interface Flags {
  all?: boolean;
  yes?: boolean;
  json?: boolean;
}

export async function execute(context: Context, flags: Flags, words: string[]): Promise<number> {
  const { coordinator, cwd, out } = context;
  const here = hereOf(cwd);
  const chosen = flags.all ? words : await namedOrChosen(context, words, flags, 'Stop which service?');
  if (!chosen) return LEFT;
  const leases = flags.all ? await allHere(context, here.path, words) : await named(context, here, chosen);
  const endings = await planEndings(coordinator, leases);
  await requireEnded(coordinator, words, endings);
  const isAgreed = (flags.yes ?? false) || (flags.json ?? false);
  if (!(await agreeToStop(out, endings, { isAll: flags.all ?? false, isAgreed, here: here.path }))) return 1;
  const by = endedBy('stop', cwd);
  const stopped = await endAll({ ...context, by }, endings, here.path);
  if (flags.json) out.json({ success: true, stopped });
  return 0;
}

/**
 * Ends one after the other, and tells what has come of each.
 * @param context with who ends them, for their runs
 * @param here the worktree that needs no mention
 */
export async function endAll(
  context: Context & Pick<Leases, 'by'>,
  endings: readonly Ending[],
  here: string,
): Promise<Allocation[]> {
  const { out } = context;
  const stopped: Allocation[] = [];
  for (const ending of endings) {
    const ended = await during(
      out,
      () => `${leaseWords(ending.lease, here)} to end`,
      () => end(context, ending),
    );
    stopped.push(ended.allocation);
    out.note(describe(ended, here));
  }
  return stopped;
}

function named(context: Context, here: Here, words: string[]): Promise<Allocation[]> {
  if (words.length > 0)
    return findEach(context.coordinator, words, here, (error, word) =>
      explainNotRunning(context, error, word),
    );
  throw new StyxyError('USAGE', 'nothing is named that is to be stopped', {
    hint: 'styxy stop <service or port>, or styxy stop --all for all that runs here',
  });
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

function describe({ allocation, onlyReleased, isElsewhere }: EndedLease, here: string): string {
  const subject = leaseWords(allocation, here);
  const [listener] = allocation.listeners;
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
