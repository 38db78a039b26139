import { StyxyError } from '../../base/styxy-error.ts';
import { loadProjectConfig, type LoadedProject } from '../../project/load-config.ts';
import type { Allocation } from '../../protocol/answers/allocation.ts';
import { planRun, type RunPlan } from '../../run/plan/plan.ts';
import { joinProject } from '../../run/plan/project-ports.ts';
import { resolveTarget } from '../../run/plan/target.ts';
import { run } from '../../run/run.ts';
import type { ExitStatus } from '../../system/process/exit-status.ts';
import { findWorktree } from '../../system/worktree.ts';
import type { Context } from '../context.ts';
import type { Result } from '../words/define.ts';
import type { RunFlags } from './flags.ts';
import { createRunReporter } from './reporter.ts';

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
  const plan = await planRun(target, flags, project);
  if (flags.detach && !flags.dryRun) {
    const { detach } = await import('./detached.ts');
    return detach(context, plan, flags, words);
  }
  const joined = await joinProject(context.coordinator, plan, project, flags);
  if (flags.dryRun) {
    const { printPlan } = await import('./dry-run.ts');
    return printPlan(context, flags, joined);
  }
  return start(context, flags, joined);
}

async function start(context: Context, flags: RunFlags, plan: RunPlan): Promise<ExitStatus> {
  const { connection, coordinator, changes, out } = context;
  const caller = flags.detached ? (await import('../../run/child/caller.ts')).createCaller() : undefined;
  const running = run({
    plan,
    connection,
    coordinator,
    changes,
    waitMs: flags.wait ? flags.timeout : undefined,
    conflictPolicy: () => conflictPolicy(context, flags.retries),
    report: createRunReporter(out, { quiet: flags.quiet ?? false, json: flags.json ?? false }),
    onRunning: caller ? caller.running : (found) => shareRunning(context, flags, found, plan),
    onStart: caller?.started,
  });
  return caller ? caller.follow(running) : running;
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

async function shareRunning(
  context: Context,
  flags: RunFlags,
  found: Allocation,
  { ifRunning }: RunPlan,
): Promise<ExitStatus | undefined> {
  const { useRunning } = await import('./running.ts');
  return useRunning(context, flags, found, ifRunning);
}
