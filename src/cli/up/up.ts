import { StyxyError } from '../../base/styxy-error.ts';
import { loadProjectConfig } from '../../project/load-config.ts';
import { requireFolder } from '../../project/require-folder.ts';
import { requireSoundPackage } from '../../project/package-file.ts';
import { loadEndGrace } from '../../run/leases/settings.ts';
import { requireProgram } from '../../run/plan/startable.ts';
import { findWorktree } from '../../system/worktree.ts';
import { diedServices } from '../../up/died-services.ts';
import type { ReadyService } from '../../up/events.ts';
import { selectServices, type Selection } from '../../up/select.ts';
import type { UpService } from '../../up/service.ts';
import type { UpParts } from '../../up/service-run.ts';
import { startSession, type UpSession } from '../../up/session.ts';
import type { Context } from '../context.ts';
import { asStyxyError, reportError } from '../print/error.ts';
import { backgroundArguments, RUN_DEFAULTS, type RunFlags } from '../run/flags.ts';
import { during } from '../print/progress/waits.ts';
import { type Awaited, createAwaited } from './awaited.ts';
import { onInterrupts } from './interrupts.ts';
import { createJsonReporter } from './json-events.ts';
import { createReporter, type UpReporter } from './reporter.ts';
import { isStartedByUp } from './started-by-up.ts';

export interface UpCommandFlags {
  detach?: boolean;
  workspace?: 'all';
  /** ms */
  timeout?: number;
  prefix: boolean;
  dryRun?: boolean;
  json?: boolean;
}

/** @returns the exit code */
export async function execute(context: Context, flags: UpCommandFlags, names: string[]): Promise<number> {
  if (context.env.STYXY === '0') throw switchedOff();
  const selection = await select(context, flags, names);
  if (flags.dryRun) {
    const { printUpPlan } = await import('./dry-run.ts');
    return printUpPlan(context, flags, selection);
  }
  // Before anything is started.
  for (const { plan } of selection.services) requireProgram(plan);
  const report = reporterOf(context, flags, selection);
  const awaited = createAwaited(selection.services.map(({ name }) => name));
  const parts = partsOf(context, flags, selection, report);
  const tell: UpParts['tell'] = (event) => {
    awaited.hear(event);
    report.tell(event);
  };
  const session = startSession({ ...parts, tell }, selection.services);
  return follow(context, flags, session, { report, awaited });
}

function reporterOf({ out, paths, cwd }: Context, flags: UpCommandFlags, selection: Selection): UpReporter {
  if (flags.json) return createJsonReporter(out);
  const { path } = findWorktree(cwd);
  const died = diedServices(paths, []).filter(({ project }) => project === path);
  const isEndedByDown = ({ name, existing, allocation: { project_path: project }, pid }: ReadyService) =>
    !existing ||
    (project === path && (selection.isConfigured || isStartedByUp(paths, { project, name, pid })));
  return createReporter(out, flags, selection, { died, isEndedByDown });
}

async function select(context: Context, flags: UpCommandFlags, names: string[]): Promise<Selection> {
  const { cwd, env, coordinator, looking } = context;
  requireFolder(cwd);
  const { path: top } = findWorktree(cwd);
  // Starting a project's services is consent to its configuration, which may be code.
  const access =
    flags.dryRun || looking.code === 'always' ? looking : { ...looking, code: 'consent' as const };
  const project = await loadProjectConfig(cwd, top, access);
  const isWhole = flags.workspace === 'all';
  const place = { cwd, env, top, project, coordinator };
  return selectServices(place, { names, isWhole, timeoutMs: flags.timeout }).catch((error: unknown) => {
    // Its package.json may be why nothing was found.
    if (Object.keys(project?.config.services ?? {}).length === 0) requireSoundPackage(cwd, top);
    throw error;
  });
}

/** Waits until all are ready, and in the foreground until they end. @returns the exit code */
async function follow(
  { out }: Context,
  { detach, json }: UpCommandFlags,
  session: UpSession,
  { report, awaited }: { report: UpReporter; awaited: Awaited },
): Promise<number> {
  const endAll = (): Promise<void> => during(out, awaited.what, () => session.end(), awaited.since);
  const interrupts = onInterrupts({
    first: async () => {
      report.ending();
      await endAll();
      report.interrupted();
    },
    second: () => session.kill(),
  });
  const failed = async (thrown: unknown): Promise<number> => {
    const error = asStyxyError(thrown);
    report.failed(error);
    await endAll();
    if (!json) reportError(error, out, { json: false, debug: false });
    return error.exitCode;
  };
  const states = [session.ready.then((ready) => ({ ready })), session.over, interrupts.ended];
  try {
    const state = await during(out, awaited.what, () => Promise.race(states), awaited.since);
    if (typeof state === 'number') return state;
    if (!state) return 0;
    if ('error' in state) return await failed(state.error);
    report.allReady(state.ready, detach ?? false);
    if (detach) {
      session.stay();
      return 0;
    }
    if (state.ready.every(({ existing }) => existing)) return 0;
    const end = await Promise.race([session.over, interrupts.ended]);
    if (typeof end === 'number') return end;
    return end ? await failed(end.error) : 0;
  } finally {
    interrupts.close();
  }
}

function partsOf(
  { coordinator, runningDaemon, changes, paths, env }: Context,
  { detach }: UpCommandFlags,
  { siblings }: Selection,
  report: UpReporter,
): UpParts {
  const flagsOf = ({ restarts, givenName }: UpService): RunFlags => ({
    ...RUN_DEFAULTS,
    ...(givenName !== undefined && { name: givenName }),
    up: { ...(restarts && { restarts }), ...(siblings && { siblings }) },
  });
  return {
    coordinator,
    changes,
    endGraceMs: () => loadEndGrace(runningDaemon),
    paths,
    env: report.environment(env),
    wrapperArguments: (service) =>
      backgroundArguments({ ...flagsOf(service), attached: true }, 'reuse', service.words, service.command),
    startRecord: (service, pid) => ({
      pid,
      cwd: service.cwd,
      flags: { ...flagsOf(service) },
      words: service.words,
      command: service.command,
      ...(!detach && { attachedTo: process.pid }),
    }),
    tell: report.tell,
  };
}

function switchedOff(): StyxyError {
  return new StyxyError('USAGE', 'STYXY=0 switches Styxy off, and styxy up with it', {
    why: 'without leases nobody could say which service is ready',
    hint: 'unset STYXY, or start the services one by one',
  });
}
