import { StyxyError } from '../../base/styxy-error.ts';
import type { AllocateAnswer } from '../../protocol/allocation.ts';
import { childVariables } from '../../run/child-env.ts';
import type { RunLease } from '../../run/obtain.ts';
import { planRun, type RunPlan } from '../../run/plan.ts';
import { loadProjectConfig, type LoadedProject } from '../../run/project-config.ts';
import { portsOfProject } from '../../run/project-ports.ts';
import { listensByCoordinator, listensBySystem, waitForListener } from '../../run/readiness.ts';
import { run } from '../../run/run.ts';
import type { Supervised } from '../../run/supervise.ts';
import { resolveTarget, type RunTarget } from '../../run/target.ts';
import { findWorktree } from '../../system/worktree.ts';
import type { Context } from '../context.ts';
import type { Result } from '../define.ts';
import { createRunReporter } from '../run-reporter.ts';

/** What holds when no option says otherwise. */
export const RUN_DEFAULTS = { timeout: 30_000 };

interface RunFlags {
  type?: string;
  name?: string;
  port?: number;
  prefer?: number;
  env?: string[];
  instance?: string;
  force?: boolean;
  wait?: boolean;
  timeout: number;
  retries?: number;
  quiet?: boolean;
  json?: boolean;
  dryRun?: boolean;
}

export async function execute(context: Context, flags: RunFlags, words: string[]): Promise<Result> {
  const worktree = findWorktree(context.cwd);
  const project = await loadProjectConfig(context.cwd, worktree.path);
  const target = resolveTarget(words, context.command, project, context);
  if (context.env.STYXY === '0') {
    const { supervise } = await import('../../run/supervise.ts');
    const { outcome } = await supervise(target.command, target);
    return (await outcome).status;
  }
  const { plan, portVariables } = await makePlan(context, flags, target, project);
  const siblings = await siblingPorts(context, worktree.path, project, plan.serviceName);
  if (flags.dryRun) return printPlan(context, flags, { plan, portVariables, siblings });

  const reporter = createRunReporter(context.out, { quiet: flags.quiet ?? false, json: flags.json ?? false });
  let wait: Promise<boolean> | undefined;
  const status = await run({
    plan,
    portVariables,
    siblings,
    conflictPolicy: () => conflictPolicy(context, flags.retries),
    report: reporter,
    connection: context.connection,
    env: target.env,
    cwd: target.cwd,
    onStart(child, lease) {
      if (flags.wait) wait = endUnlessListening(context, child, lease, flags.timeout);
    },
  });
  return (await wait) === false ? 1 : status;
}

async function conflictPolicy({ runningDaemon }: Context, retries: number | undefined) {
  return (await import('../../run/conflict-policy.ts')).loadConflictPolicy(runningDaemon, retries);
}

/** Flags win over the project's configuration, which wins over what the command itself tells. */
async function makePlan(
  context: Context,
  flags: RunFlags,
  target: RunTarget,
  project: LoadedProject | undefined,
) {
  const { instance = context.env.STYXY_INSTANCE } = flags;
  const { type, name = target.service, port, prefer, force } = flags;
  const options = { ...target, type, name, port, prefer, force, instance };
  const first = await planRun(options);
  const service = project?.config.services?.[first.serviceName];
  const variables = flags.env ?? service?.env ?? [];
  return {
    plan: service
      ? await planRun({ ...options, type: type ?? service.type, prefer: prefer ?? service.prefer })
      : first,
    portVariables: typeof variables === 'string' ? [variables] : variables,
  };
}

async function siblingPorts(
  context: Context,
  path: string,
  project: LoadedProject | undefined,
  self: string,
) {
  const siblings = new Map<string, number>();
  if (!project) return siblings;
  const ports = await portsOfProject(context.coordinator, path, project.config).catch(
    () => new Map<string, never>(),
  );
  for (const [name, { port }] of ports) if (name !== self) siblings.set(name, port);
  return siblings;
}

interface PlannedRun {
  plan: RunPlan;
  portVariables: string[];
  siblings: Map<string, number>;
}

async function printPlan(
  { coordinator, out }: Context,
  flags: RunFlags,
  { plan, portVariables, siblings }: PlannedRun,
) {
  const { request, serviceName, adapter, because } = plan;
  const { service_type, suggestions } = await coordinator.suggest(request.service_type, {
    service_type_default: request.service_type_default,
    project_path: request.project_path,
    service_name: request.service_name,
    preferred_port: request.port ?? request.preferred_port,
  });
  const port = suggestions[0];
  if (port === undefined || (request.port !== undefined && port !== request.port)) {
    throw new StyxyError('PORT_TAKEN', `port ${request.port ?? `of type ${service_type}`} is not free`);
  }
  const { command, variables } = plan.launch(port);
  const allocation: Partial<AllocateAnswer> & { port: number; url: string } = {
    port,
    url: `http://localhost:${port}`,
  };
  const env = { ...childVariables({ allocation, serviceName, portVariables, siblings }), ...variables };
  if (flags.json) {
    out.json({
      port,
      ports: { [serviceName]: port },
      service_type,
      service_name: serviceName,
      command,
      env,
      adapter,
      because,
    });
    return 0;
  }
  out.data(`${out.paint('bold', String(port))}  ${serviceName} (${service_type})`);
  out.data(`runs: ${command.join(' ')}`);
  for (const [name, value] of Object.entries(env)) out.data(`  ${name}=${value}`);
  out.data(`because ${because}`);
  return 0;
}

/** @returns false when the command was ended because it did not listen in time */
async function endUnlessListening(
  { coordinator, out }: Context,
  child: Supervised,
  { allocation: { port }, unguarded }: RunLease,
  timeoutMs: number,
) {
  // A daemon that is just being replaced is no reason to fail: the next look asks its successor.
  const listens = unguarded
    ? () => listensBySystem(port)
    : () => listensByCoordinator(coordinator, port).catch(() => false);
  const over = new AbortController();
  void child.outcome.finally(() => over.abort());
  if (await waitForListener(listens, timeoutMs, over.signal)) {
    out.note(`styxy: ready at http://localhost:${port}`);
    return true;
  }
  if (over.signal.aborted) return true;
  out.note(
    `styxy: ${out.paintNote('red', 'error[TIMED_OUT]')}: nothing listens on port ${port} after ${timeoutMs / 1000} s`,
  );
  out.note(
    `  ${out.paintNote('dim', 'try:')} give it more time with --timeout, or look at what the command prints`,
  );
  await child.end();
  return false;
}
