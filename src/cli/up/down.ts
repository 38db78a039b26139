import { StyxyError } from '../../base/styxy-error.ts';
import { loadProjectConfig } from '../../project/load-config.ts';
import type { Allocation } from '../../protocol/answers/allocation.ts';
import { endedBy } from '../../run/leases/end-lease.ts';
import { end, planEndings } from '../../run/leases/end-services.ts';
import { findEach } from '../../run/leases/find-lease.ts';
import { leasesOfRun } from '../../run/leases/same-service.ts';
import { hereOf } from '../../run/plan/here.ts';
import { endInReverse } from '../../up/order.ts';
import type { Context } from '../context.ts';
import { askYesNo } from '../print/ask.ts';
import { during } from '../print/progress/waits.ts';
import { createAwaited } from './awaited.ts';
import { isStartedByUp } from './started-by-up.ts';
import { agreeToStop, leaseWords } from '../run/along.ts';

interface Flags {
  all?: boolean;
  yes?: boolean;
  json?: boolean;
}

/** @returns the exit code */
export async function execute(context: Context, flags: Flags, names: string[]): Promise<number> {
  const { cwd, out, looking } = context;
  const here = hereOf(cwd);
  const { path: top } = here;
  if (flags.all && names.length > 0) throw allOrNamed(names);
  const project = await loadProjectConfig(cwd, top, looking);
  const services = project?.config.services ?? {};
  const leases =
    names.length > 0
      ? await findEach(context.coordinator, names, here)
      : await wholeRuns(
          context,
          flags.all
            ? await startedByUp(context, undefined)
            : await ofWorktree(context, top, Object.keys(services)),
        );
  if (leases.length === 0) out.note(`styxy: no service ${flags.all ? 'of styxy up' : `of ${top}`} runs`);
  if (flags.all && leases.length > 0 && !(await isAgreed(context, flags, leases))) return 1;
  const endings = await planEndings(context.coordinator, leases);
  const isUnasked = [flags.all, flags.yes, flags.json].includes(true);
  if (!(await agreeToStop(out, endings, { isAgreed: isUnasked, here: top }))) return 1;
  const nodes = endings.map((ending) => ({
    ending,
    name: nameOf(ending.lease),
    needs: ending.lease.project_path === top ? (services[nameOf(ending.lease)]?.depends_on ?? []) : [],
  }));
  const by = endedBy('down', cwd);
  const inTurn = createTurns();
  const awaited = createAwaited([]);
  const endOne = async ({ ending }: (typeof nodes)[number]): Promise<void> => {
    const service = leaseWords(ending.lease, top);
    awaited.hear({ event: 'ending', service });
    const { onlyReleased } = await inTurn(ending.lease.holder.pid, () => end({ ...context, by }, ending));
    awaited.hear({ event: 'ended', service });
    if (!flags.json) out.note(`${onlyReleased ? 'released' : 'stopped'} ${service}`);
  };
  await during(out, awaited.what, () => endInReverse(nodes, endOne), awaited.since);
  if (flags.json)
    out.json({ success: true, stopped: endings.map(({ lease }) => ({ ...lease, state: 'released' })) });
  return 0;
}

/** Who holds several leases is asked to end once: the next is looked at when that has been done. */
function createTurns(): <Result>(holder: number | undefined, work: () => Promise<Result>) => Promise<Result> {
  const latest = new Map<number | undefined, Promise<unknown>>();
  return (holder, work) => {
    const turn = (latest.get(holder) ?? Promise.resolve()).then(work);
    latest.set(
      holder,
      turn.catch(() => undefined),
    );
    return turn;
  };
}

const nameOf = ({ service_name: name, service_type: type }: Allocation): string => name ?? type;

/** What the configuration names, and what `styxy up` has started. */
async function ofWorktree(
  context: Context,
  top: string,
  configured: readonly string[],
): Promise<Allocation[]> {
  const { allocations } = await context.coordinator.list({ project: top });
  const started = await startedByUp(context, top);
  const isMeant = (lease: Allocation): boolean =>
    started.some(({ lock_id: id }) => id === lease.lock_id) || configured.includes(nameOf(lease));
  // A lease that several worktrees share is not this one's to end.
  return allocations.filter((lease) => lease.project_path === top && isMeant(lease));
}

/** Further programs of a service have leases that nobody has named. */
async function wholeRuns({ coordinator }: Context, leases: readonly Allocation[]): Promise<Allocation[]> {
  const { allocations } = await coordinator.list();
  const found = leases.flatMap((lease) => leasesOfRun(lease, allocations));
  return [...new Map(found.map((lease) => [lease.lock_id, lease])).values()];
}

/** The leases of wrappers that `styxy up` has started. @param project undefined: of all worktrees */
async function startedByUp(
  { coordinator, paths }: Context,
  project: string | undefined,
): Promise<Allocation[]> {
  const { allocations } = await coordinator.list({ project });
  return allocations.filter((lease) =>
    isStartedByUp(paths, { project: lease.project_path, name: nameOf(lease), pid: lease.holder.pid }),
  );
}

async function isAgreed(
  { out }: Context,
  { yes, json }: Flags,
  leases: readonly Allocation[],
): Promise<boolean> {
  if (yes) return true;
  if (json || !process.stdin.isTTY || !out.notesAreRead) {
    throw new StyxyError('USAGE', '--all ends services of other worktrees, and nobody is there to be asked', {
      why: `it would end ${leases.map((lease) => leaseWords(lease, undefined)).join(', ')}`,
      hint: 'styxy down --all --yes',
    });
  }
  return askYesNo(`end ${leases.map((lease) => leaseWords(lease, undefined)).join(', ')}?`);
}

function allOrNamed(names: readonly string[]): StyxyError {
  return new StyxyError('USAGE', `--all ends everything, and "${names.join(' ')}" is named`, {
    hint: `styxy down ${names.join(' ')}, or styxy down --all`,
  });
}
