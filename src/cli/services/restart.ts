import { StyxyError } from '../../base/styxy-error.ts';
import { loadProjectConfig } from '../../project/load-config.ts';
import type { Allocation } from '../../protocol/answers/allocation.ts';
import { serviceLogPath } from '../../system/service-log.ts';
import { recallStart, type ServiceStart } from '../../run/child/service-start.ts';
import { endedBy, endLease } from '../../run/leases/end-lease.ts';
import { findLease } from '../../run/leases/find-lease.ts';
import { leasesOfRun } from '../../run/leases/same-service.ts';
import { hereOf } from '../../run/plan/here.ts';
import { isNamed } from '../../run/plan/target.ts';
import type { Context } from '../context.ts';
import { during } from '../print/progress/waits.ts';
import { RUN_DEFAULTS, type RunFlags } from '../run/flags.ts';
import { execute as run } from '../run/run.ts';
import type { Result } from '../words/define.ts';
import { noteAlong } from '../run/along.ts';
import { explainNotRunning } from './choose/not-running.ts';
import { restartAttached, restartByOrder, STARTS_AGAIN } from './restart-attached.ts';

type Flags = Pick<RunFlags, 'json' | 'wait' | 'timeout'>;

export async function execute(context: Context, flags: Flags, [what = '']: string[]): Promise<Result> {
  const { start, lease, log } = await recall(context, what);
  if (start) return startAgain(context, { start, lease, log }, flags);
  return restartByOrder(context, lease, flags);
}

/** A service that can be started again. */
export interface Restartable {
  start: ServiceStart;
  /** undefined: it does not run. */
  lease: Allocation | undefined;
  log: string;
}

/** @param prefer the port to ask for, whatever it asked for before */
export async function startAgain(
  context: Context,
  { start, lease, log }: Restartable,
  flags: Flags,
  prefer?: number,
): Promise<Result> {
  // Its output is to stay where it was started, so that one starts it again.
  if (lease && start.attachedTo !== undefined) {
    return restartAttached(context, { start, lease, log: start.log ?? log }, flags);
  }
  const { coordinator, out } = context;
  const leases = lease ? leasesOfRun(lease, (await coordinator.list()).allocations) : [];
  noteAlong(out, leases.slice(1), STARTS_AGAIN, lease?.project_path ?? undefined);
  if (start.log !== undefined) await endUnlessReplaced(context, leases, start.log);
  const { port: _, ...withoutPort } = start.flags;
  const again: RunFlags = {
    ...RUN_DEFAULTS,
    ...(prefer === undefined ? start.flags : { ...withoutPort, prefer }),
    json: false,
    ...flags,
    ...(lease?.service_name != null && { about: lease.service_name }),
    wait: flags.wait ?? false,
    detach: true,
    ifRunning: 'replace',
  };
  const place = { ...context, cwd: start.cwd, command: start.command && [...start.command] };
  return run(place, again, [...start.words]);
}

/** How it was started is known to its starter only. */
export interface Foreign {
  start: undefined;
  lease: Allocation;
  log: string;
}

/** @throws StyxyError USAGE for what neither runs nor could be started */
export async function recall(context: Context, what: string): Promise<Restartable | Foreign> {
  const { coordinator, cwd, env, paths } = context;
  const here = hereOf(cwd);
  const top = here.path;
  const found = await findLease(coordinator, what, here).catch((error: unknown) => {
    if (error instanceof StyxyError && error.code === 'LEASE_NOT_FOUND') return error;
    throw error;
  });
  const lease = found instanceof StyxyError ? undefined : found;
  const name = lease?.service_name ?? what;
  const log = serviceLogPath(paths, lease?.project_path ?? top, name);
  const known = recallStart(log);
  if (known && (!lease || lease.holder.pid === known.pid)) return { start: known, lease, log };
  if (!(found instanceof StyxyError)) return { start: undefined, lease: found, log };
  const project = await loadProjectConfig(cwd, top, { ...context.looking, code: 'consent' });
  const start = { pid: 0, cwd, flags: {}, words: [what], command: undefined };
  const place = { cwd, env, top, project, coordinator };
  if (isNamed(what, place)) return { start, lease, log };
  throw await explainNotRunning(context, found, what);
}

/** The new run replaces the service that it is named after, and with it the old run; that one may have been stopped alone. */
async function endUnlessReplaced(
  context: Context,
  leases: readonly Allocation[],
  log: string,
): Promise<void> {
  const isMain = ({ service_name: name, project_path: project }: Allocation): boolean =>
    serviceLogPath(context.paths, project ?? '', name ?? '') === log;
  const [lease] = leases;
  if (!lease || leases.some(isMain)) return;
  const by = endedBy('restart', context.cwd);
  await during(
    context.out,
    () => `${lease.service_name} to end`,
    () => endLease({ ...context, by }, lease),
  );
}
