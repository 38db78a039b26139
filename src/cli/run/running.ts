import { StyxyError } from '../../base/styxy-error.ts';
import type { Allocation } from '../../protocol/answers/allocation.ts';
import type { ExitStatus } from '../../system/process/exit-status.ts';
import { endedBy, endLease } from '../../run/leases/end-lease.ts';
import { describeDrift, joinRunning } from '../../run/leases/readiness.ts';
import { portsOfRun } from '../../run/leases/if-running.ts';
import type { RunPlan } from '../../run/plan/plan.ts';
import type { IfRunning } from '../../run/plan/wishes.ts';
import type { Context } from '../context.ts';
import { shortPath } from '../print/listeners.ts';
import { during } from '../print/progress/waits.ts';
import type { RunFlags } from './flags.ts';

/**
 * `styxy run` of a service that runs already: its address instead of a second one.
 * Without `ifRunning` there may be only one of this type.
 * @returns undefined when it has ended meanwhile
 * @throws StyxyError SERVICE_RUNNING, TIMED_OUT
 */
export async function useRunning(
  context: Context,
  flags: RunFlags,
  found: Allocation,
  { ifRunning: wish, ports: [request] }: Pick<RunPlan, 'ifRunning' | 'ports'>,
): Promise<ExitStatus | undefined> {
  const { coordinator, out } = context;
  if (wish === 'fail') throw runsElsewhere(found);
  if (wish === 'replace') {
    const by = endedBy('run --if-running replace', context.cwd);
    await during(
      out,
      () => `${found.service_name ?? found.service_type} (port ${found.port}) to end`,
      () => endLease({ ...context, by }, found),
    );
    return undefined;
  }
  const now = await during(
    out,
    () => `${found.service_name ?? found.service_type} to listen on port ${found.port}`,
    () => joinRunning(context, found, flags.wait ? flags.timeout : undefined),
  );
  if (now === 'gone') return undefined;
  if (now === 'late') throw notReady(found, flags.timeout);
  // Of a service that may run once, everybody who starts it is a user.
  const isShared = wish === undefined && now.singleton_scope !== undefined;
  const say = (text: string): void => {
    if (!flags.quiet) out.note(`${out.paintNote('dim', 'styxy:')} ${text}`);
  };
  say(`${describeRunning(now)}${isShared ? ', and stays while this run uses it' : ''}`);
  if (flags.json) {
    const ports = await portsOfRun(coordinator, now);
    out.json({ success: true, ...now, ports, existing: true });
  } else out.line(now.url);
  if (!isShared) return { code: 0, signal: null };
  const { shareUntilEnd } = await import('./share.ts');
  const status = await shareUntilEnd(context, request, now);
  if (!status) say(`${now.service_name ?? now.service_type} has ended there, and is started here`);
  return status;
}

/** For people: what runs already, and where. */
export function describeRunning(allocation: Allocation): string {
  const { service_name, service_type, project_path, process_id, instance_id } = allocation;
  const drift = describeDrift(allocation);
  const facts = [
    ...(process_id === null ? [] : [`pid ${process_id}`]),
    ...(instance_id === null ? [] : [`instance ${instance_id}`]),
  ];
  const process = facts.length > 0 ? ` (${facts.join(', ')})` : '';
  return `${service_name ?? service_type} runs already${project_path ? ` in ${shortPath(project_path)}` : ''}${process}${drift ? `; ${drift}` : ''}`;
}

/** For people: what `styxy run` would do because of it. */
export function describeWish(running: Allocation, wish: IfRunning): string {
  const what = describeRunning(running);
  if (wish === 'reuse') return `${what}: nothing would be started, its address is ${running.url}`;
  return wish === 'replace' ? `${what}: it would be ended first` : `${what}: this would be refused`;
}

/** @param ms how long was waited */
export function notReady({ port, service_name, url }: Allocation, ms: number): StyxyError {
  const elsewhere = !url.endsWith(`:${port}`);
  return new StyxyError('TIMED_OUT', `${service_name ?? 'it'} did not listen within ${ms / 1000} s`, {
    why: elsewhere
      ? `it listens at ${url} instead of port ${port}`
      : `it runs, but nothing of it listens on port ${port}`,
    hint: `give it more time with --timeout; styxy stop ${service_name ?? port} ends it`,
    details: { port },
  });
}

function runsElsewhere(found: Allocation): StyxyError {
  const { port, lock_id, process_id, service_name, service_type } = found;
  return new StyxyError(
    'SERVICE_RUNNING',
    `"${service_name ?? service_type}" runs already, on port ${port}`,
    {
      why: describeRunning(found),
      details: { port, lock_id, pid: process_id },
    },
  );
}
