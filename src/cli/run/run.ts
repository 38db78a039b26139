import { StyxyError } from '../../base/styxy-error.ts';
import { loadProjectConfig, type LoadedProject } from '../../project/load-config.ts';
import type { Allocation } from '../../protocol/allocation.ts';
import type { IfRunning } from '../../run/leases/if-running.ts';
import type { RunLease } from '../../run/leases/obtain.ts';
import { planRun, type RunPlan } from '../../run/plan/plan.ts';
import { portsOfProject } from '../../run/plan/project-ports.ts';
import {
  createReadyCheck,
  describeDrift,
  listensBySystem,
  waitForListener,
} from '../../run/leases/readiness.ts';
import { run } from '../../run/run.ts';
import type { NamedPort } from '../../run/leases/several-ports.ts';
import type { ExitStatus } from '../../system/process/exit-status.ts';
import type { Supervised } from '../../run/child/supervise.ts';
import { resolveTarget, type RunTarget } from '../../run/plan/target.ts';
import { findWorktree } from '../../system/worktree.ts';
import type { Context } from '../context.ts';
import type { Result } from '../words/define.ts';
import { createRunReporter } from './reporter.ts';

/** What holds when no option says otherwise. */
export const RUN_DEFAULTS = { timeout: 30_000 };

export interface RunFlags {
  type?: string;
  name?: string;
  port?: number;
  prefer?: number;
  env?: string[];
  instance?: string;
  force?: boolean;
  ports?: NamedPort[];
  ifRunning?: IfRunning;
  detach?: boolean;
  /** This is the wrapper in the background. */
  detached?: boolean;
  wait?: boolean;
  timeout: number;
  retries?: number;
  quiet?: boolean;
  json?: boolean;
  dryRun?: boolean;
}

/** What reads options; commander's, if there are any. */
interface OptionParser {
  parseOptions(words: string[]): { operands: string[]; unknown: string[] };
  optsWithGlobals(): RunFlags;
}

export async function execute(
  context: Context,
  given: RunFlags,
  typed: string[],
  parser?: OptionParser,
): Promise<Result> {
  const worktree = findWorktree(context.cwd);
  const project = await loadProjectConfig(context.cwd, worktree.path);
  const { flags, words } = readBehindService(given, typed, project, parser);
  try {
    return await runTarget(context, flags, words, project);
  } catch (error) {
    const { explainUnknown } = await import('./unknown-service.ts');
    throw explainUnknown(error, words, { cwd: context.cwd, project });
  }
}

async function runTarget(
  context: Context,
  flags: RunFlags,
  words: string[],
  project: LoadedProject | undefined,
): Promise<Result> {
  const target = resolveTarget(words, context.command, project, context);
  if (context.env.STYXY === '0') {
    const { supervise } = await import('../../run/child/supervise.ts');
    const { outcome } = await supervise(target.command, target);
    return (await outcome).status;
  }
  const planned = await makePlan(flags, target, project);
  const { portVariables, wish } = planned;
  if (flags.detach && !flags.dryRun) {
    const { detach } = await import('./detached.ts');
    return detach(context, { ...planned, flags, words });
  }
  const { plan, siblings } = await joinProject(context, project, planned.plan, flags);
  if (flags.dryRun) {
    const { printPlan } = await import('./dry-run.ts');
    return printPlan(context, flags, { plan, portVariables, siblings, wish });
  }

  const caller = flags.detached ? (await import('../../run/child/caller.ts')).createCaller() : undefined;
  let wait: Promise<boolean> | undefined;
  async function start(): Promise<ExitStatus> {
    return run({
      plan: await prepare(context, plan, wish),
      portVariables,
      siblings,
      conflictPolicy: () => conflictPolicy(context, flags.retries),
      report: createRunReporter(context.out, { quiet: flags.quiet ?? false, json: flags.json ?? false }),
      connection: context.connection,
      env: target.env,
      cwd: target.cwd,
      onRunning: caller ? caller.running : (found) => shareRunning(context, flags, found, wish),
      onStart(child, lease) {
        caller?.started(lease);
        if (flags.wait) wait = endUnlessListening(context, child, lease, flags.timeout);
      },
    });
  }
  const status = await (caller ? caller.follow(start()) : start());
  return (await wait) === false ? 1 : status;
}

/** Behind the name of a service only options can follow: its command is in the configuration. */
function readBehindService(
  flags: RunFlags,
  words: string[],
  project: LoadedProject | undefined,
  parser: OptionParser | undefined,
): { flags: RunFlags; words: string[] } {
  const [name = '', ...rest] = words;
  if (!parser || rest.length === 0 || !project?.config.services?.[name]) return { flags, words };
  const { operands, unknown } = parser.parseOptions(rest);
  const [unexpected] = [...operands, ...unknown];
  if (unexpected === undefined) return { flags: parser.optsWithGlobals(), words: [name] };
  throw new StyxyError('USAGE', `service "${name}" takes no "${unexpected}"`, {
    why: `${project.file} names the service, and with it the whole command`,
    hint: `styxy run ${name}, or styxy run -- ${words.join(' ')} for a command of that name`,
  });
}

async function conflictPolicy({ runningDaemon }: Context, retries: number | undefined) {
  return (await import('../../run/leases/conflict-policy.ts')).loadConflictPolicy(runningDaemon, retries);
}

/** Flags win over the project's configuration, which wins over what the command itself tells. */
async function makePlan(flags: RunFlags, target: RunTarget, project: LoadedProject | undefined) {
  const { ports, instance } = flags;
  const { type = ports?.[0]?.type, name = ports?.[0]?.name ?? target.service, port, prefer, force } = flags;
  const several = ports && (await import('../../run/leases/several-ports.ts'));
  const command = several ? several.nameMainPort(target.command, ports) : target.command;
  const options = { ...target, command, type, name, port, prefer, force, instance, project };
  const first = await planRun(options);
  const service = project?.config.services?.[first.serviceName];
  const variables = flags.env ?? service?.env ?? [];
  const plan = service
    ? await planRun({ ...options, type: type ?? service.type, prefer: prefer ?? service.prefer })
    : first;
  return {
    plan: several ? several.withMorePorts(plan, ports, project) : plan,
    wish: flags.ifRunning ?? service?.ifRunning,
    portVariables: typeof variables === 'string' ? [variables] : variables,
  };
}

/** What has to be done, and said in the request, because of `--if-running`. */
async function prepare(context: Context, plan: RunPlan, wish: IfRunning | undefined): Promise<RunPlan> {
  if (wish === undefined || wish === 'new') return plan;
  const { prepareIfRunning } = await import('../../run/leases/if-running.ts');
  return prepareIfRunning(plan, wish, context.coordinator, context.env);
}

async function shareRunning(
  context: Context,
  flags: RunFlags,
  found: Allocation,
  wish: IfRunning | undefined,
): Promise<ExitStatus | undefined> {
  const { useRunning } = await import('./running.ts');
  return useRunning(context, flags, found, wish);
}

/**
 * The ports of the project's other services, and for this one the port that the others were told. A project whose
 * ports can't be known now must not keep its command from running.
 */
async function joinProject(
  { coordinator, env }: Context,
  project: LoadedProject | undefined,
  plan: RunPlan,
  flags: RunFlags,
): Promise<{ plan: RunPlan; siblings: Map<string, number> }> {
  const { request, serviceName } = plan;
  if (!project?.config.services) return { plan, siblings: new Map() };
  const asker = { path: request.project_path ?? '', env, instance: request.instance_id, self: request };
  const answer = await portsOfProject(coordinator, project, asker).catch(() => undefined);
  const services = answer?.services ?? [];
  const siblings = new Map(services.map(({ service_name, port }) => [service_name, port]));
  const told = services.find(({ service_name, live }) => service_name === serviceName && !live);
  const isFree = flags.port === undefined && flags.prefer === undefined && told !== undefined;
  return {
    plan: isFree ? { ...plan, request: { ...request, preferred_port: told.port } } : plan,
    siblings,
  };
}

/** @returns false when the command was ended because it did not listen in time */
async function endUnlessListening(
  { coordinator, out }: Context,
  child: Supervised,
  { allocation: { port, lock_id: id }, unguarded }: RunLease,
  timeoutMs: number,
) {
  // A daemon that is just being replaced is no reason to fail: the next look asks its successor.
  const isReady = createReadyCheck();
  let served: Allocation | undefined;
  const isServed = async (): Promise<boolean> => {
    const { allocation } = await coordinator.check(port);
    served = allocation?.lock_id === id ? allocation! : undefined;
    return served !== undefined && isReady(served);
  };
  const listens = unguarded ? () => listensBySystem(port) : () => isServed().catch(() => false);
  const over = new AbortController();
  void child.outcome.finally(() => over.abort());
  if (await waitForListener(listens, timeoutMs, over.signal)) {
    const drift = served && describeDrift(served);
    out.note(`styxy: ready at ${served?.url ?? `http://localhost:${port}`}${drift ? ` (${drift})` : ''}`);
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
