import { StyxyError } from '../../base/styxy-error.ts';
import type { ConfigAccess } from '../../project/access.ts';
import { loadProjectConfig, type LoadedProject } from '../../project/load-config.ts';
import type { Allocation } from '../../protocol/answers/allocation.ts';
import { requireFolder } from '../../project/require-folder.ts';
import { runsOwnCode } from '../../run/plan/scripts/own-code.ts';
import { planRun, type RunPlan } from '../../run/plan/plan.ts';
import { joinProject } from '../../run/plan/project-ports.ts';
import { requireNamed, requireProgram } from '../../run/plan/startable.ts';
import { type CallPlace, isNamed, resolveTarget } from '../../run/plan/target.ts';
import type { Caller } from '../../run/child/caller.ts';
import { run } from '../../run/run.ts';
import type { ExitStatus } from '../../system/process/exit-status.ts';
import { END_GRACE_MS } from '../../settings/defaults.ts';
import { findWorktree } from '../../system/worktree.ts';
import type { Context } from '../context.ts';
import type { Result } from '../words/define.ts';
import type { RunFlags } from './flags.ts';
import { createRunReporter, type ReporterOptions } from './reporter.ts';

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
  if (given.quiet) context.out.handOver();
  // A command itself may well run where its folder was removed.
  if (!context.command) requireFolder(context.cwd);
  const worktree = findWorktree(context.cwd);
  const project = await loadProjectConfig(
    context.cwd,
    worktree.path,
    accessOf(context, given, typed, worktree.path),
  );
  const place = { cwd: context.cwd, env: context.env, top: worktree.path, worktree, project };
  const { flags, words } = readBehindName(given, typed, place, parser);
  try {
    return await runTarget(context, flags, words, place);
  } catch (error) {
    const { explainUnknown } = await import('./unknown-service.ts');
    throw await explainUnknown(error, words, place);
  }
}

/** Running code of a project is consent to its configuration, which is code, too. A dry run only looks. */
export function accessOf(
  { looking, command, cwd }: Context,
  { dryRun, quiet }: RunFlags,
  typed: readonly string[],
  top: string,
): ConfigAccess {
  const access = quiet ? { ...looking, unread: () => undefined } : looking;
  const words = command ?? typed;
  // One word alone, or none, names a service or a script; only the configuration knows which.
  const isName = typed.length === 1 || words.length === 0;
  if (dryRun || access.code === 'always') return access;
  return {
    ...access,
    // Few projects have a configuration that is a program.
    get code() {
      return isName || runsOwnCode(words, { cwd, top }) ? 'consent' : access.code;
    },
  };
}

const withheldNote = (names: readonly string[], project: LoadedProject | undefined): string =>
  `styxy: ${names.join(', ')} of ${project?.file} is for the project's own services and scripts, and was left out`;

async function runTarget(
  context: Context,
  flags: RunFlags,
  words: string[],
  place: CallPlace,
): Promise<Result> {
  const { project } = place;
  const target = resolveTarget(words, context.command, place);
  // Before anything is leased or ended for it. A dry run may well be of what is not installed here.
  const isOnlyShown = flags.dryRun === true && context.command !== undefined;
  if (target.command[0] && !target.isExecutable && !isOnlyShown) requireProgram(target);
  if (context.env.STYXY === '0') {
    const { supervise } = await import('../../run/child/supervise.ts');
    const { outcome } = await supervise(target.command, target);
    return (await outcome).status;
  }
  const plan = await planRun(target, flags, project);
  // A script or a file that is not there gets no port.
  const isKnown = plan.programs.some(({ isHopedFor }) => !isHopedFor);
  if (context.command !== undefined && !isKnown && !flags.dryRun) await requireNamed(plan);
  if (plan.withheld.length > 0 && !flags.quiet) context.out.note(withheldNote(plan.withheld, project));
  if (flags.detach && !flags.dryRun) {
    const { detach } = await import('./detached.ts');
    return detach(context, plan, flags, words);
  }
  const joined = await joinProject(context.coordinator, plan, project, flags, flags.up?.siblings);
  if (flags.dryRun) {
    const { printPlan } = await import('./dry-run.ts');
    return printPlan(context, flags, joined);
  }
  return start(context, flags, joined);
}

async function start(context: Context, flags: RunFlags, plan: RunPlan): Promise<ExitStatus> {
  const { connection, coordinator, changes, out } = context;
  const caller = flags.detached ? await inBackground(context, flags, plan) : undefined;
  const servers = plan.ports.length > 1 ? await import('./server-lines.ts') : undefined;
  const restarts = flags.up?.restarts && (await import('../../run/child/restarts.ts')).createRestarts();
  const report = createRunReporter(out, {
    quiet: flags.quiet ?? false,
    json: flags.json ?? false,
    announce: announceOf(flags),
    servers,
    onStartingAgain: caller?.restarting,
  });
  const running = run({
    plan,
    connection,
    coordinator,
    changes,
    waitMs: flags.wait ? flags.timeout : undefined,
    conflictPolicy: () => conflictPolicy(context, flags.retries),
    graceMs: () => endGrace(context),
    report,
    onRunning: caller ? caller.running : (found) => shareRunning(context, flags, found, plan),
    onStart: caller?.started,
    onEnd: caller?.ended,
    restarts: restarts || undefined,
  });
  return caller ? caller.follow(running) : running;
}

function announceOf({ up, detached, json, wait }: RunFlags): ReporterOptions['announce'] {
  // `styxy up` says itself where its services are.
  if (up) return 'never';
  // In a service's log.
  if (detached) return 'always';
  // `--json` has a line of its own for the start, and `--wait` one for this.
  return json || wait ? 'never' : 'read';
}

/** This wrapper was started by `--detach`: it tells that command how it goes, and its own output is the service's log. */
async function inBackground(
  { paths, coordinator }: Context,
  { attached = false }: RunFlags,
  { ports: [own] }: RunPlan,
): Promise<Caller> {
  const [{ createCaller }, { keepLogShort }, { serviceLogPath }, { noteStopped }, { suggestedName }] =
    await Promise.all([
      import('../../run/child/caller.ts'),
      import('../../run/child/service-log.ts'),
      import('../../system/service-log.ts'),
      import('../../run/child/service-start.ts'),
      import('../../run/leases/suggest-ports.ts'),
    ]);
  // As the command that opened it has named it.
  const name = await suggestedName(coordinator, own).catch(() => own.service_name);
  const log = serviceLogPath(paths, own.project_path, name);
  keepLogShort(log);
  return createCaller(attached, () => noteStopped(log));
}

/** Behind the name of a service or a script only options can follow: its command is written elsewhere. */
function readBehindName(
  flags: RunFlags,
  words: string[],
  place: CallPlace,
  parser: OptionParser | undefined,
): { flags: RunFlags; words: string[] } {
  const [name = '', ...rest] = words;
  const kind = parser && rest.length > 0 ? isNamed(name, place) : undefined;
  if (!parser || kind === undefined) return { flags, words };
  // `styxy run test -f x` is a program of that name, and so is whatever is followed by more than options.
  if (kind === 'script' && !rest[0]!.startsWith('--')) return { flags, words };
  const { operands, unknown } = parser.parseOptions(rest);
  const [unexpected] = [...operands, ...unknown];
  if (unexpected === undefined) return { flags: parser.optsWithGlobals(), words: [name] };
  if (kind === 'script') {
    throw new StyxyError('USAGE', `script "${name}" takes no "${unexpected}" here`, {
      why: 'what stands before -- is for styxy',
      hint: `styxy run ${name} -- ${rest.join(' ')}, or styxy run -- ${words.join(' ')} for a command of that name`,
    });
  }
  throw new StyxyError('USAGE', `service "${name}" takes no "${unexpected}"`, {
    why: `${place.project?.file} names the service, and with it the whole command`,
    hint: `styxy run ${name}, or styxy run -- ${words.join(' ')} for a command of that name`,
  });
}

async function conflictPolicy({ runningDaemon }: Context, retries: number | undefined) {
  return (await import('../../run/leases/settings.ts')).loadConflictPolicy(runningDaemon, retries);
}

async function endGrace({ runningDaemon }: Context): Promise<number> {
  // An `npm ci` may have removed our own files meanwhile.
  const loaded = await import('../../run/leases/settings.ts').catch(() => undefined);
  return loaded ? loaded.loadEndGrace(runningDaemon) : END_GRACE_MS;
}

async function shareRunning(
  context: Context,
  flags: RunFlags,
  found: Allocation,
  plan: RunPlan,
): Promise<ExitStatus | undefined> {
  const { useRunning } = await import('./running.ts');
  return useRunning(context, flags, found, plan);
}
