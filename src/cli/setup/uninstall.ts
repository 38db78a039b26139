import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from '../context.ts';
import { serviceManagerOf } from '../service/service.ts';
import { unhookSources } from './hook-steps.ts';
import { undoSteps } from './init-steps.ts';
import { reportError } from '../print/error.ts';
import { shortPath } from '../print/listeners.ts';
import { asJson, exitCodeOf, perform, type Performed } from './perform.ts';
import { modeOf, type SetupFlags } from './setup.ts';
import { gatherSteps, inOneLine, type Step } from './steps.ts';

/** Takes back what setup, init, hook install and service install have done; each change is shown before it is made. */
export async function execute(context: Context, flags: SetupFlags): Promise<number> {
  const { out } = context;
  const { steps, failures } = await gatherSteps([
    () => undoSteps(context),
    ...unhookSources(context),
    () => serviceSteps(context),
    () => daemonSteps(context),
    () => homeSteps(context, flags.purge === true),
  ]);
  const mode = modeOf(flags, context);
  const performed = await perform(context, steps, mode, flags.json === true);
  const exitCode = exitCodeOf(performed, failures);
  const ok = exitCode === 0;
  if (flags.json) {
    const notes = failures.map(inOneLine);
    out.json({ ok, applied: mode !== 'show', steps: asJson(performed), notes });
  } else {
    if (performed.length > 0 || ok) conclude(context, performed, mode === 'show', flags);
    for (const failure of failures) reportError(failure, out, { json: false, debug: false });
  }
  return exitCode;
}

function serviceSteps(context: Context): Step[] {
  const manager = serviceManagerOf(context);
  const state = manager?.state();
  if (manager === undefined || state === undefined || !state.installed || !state.ours) return [];
  return [
    {
      name: 'service',
      title: `the service of ${manager.kind}`,
      question: `Remove ${shortPath(manager.path)}?`,
      files: [],
      notes: [`removes ${shortPath(manager.path)}`],
      apply: async () => {
        manager.uninstall();
        return [];
      },
    },
  ];
}

/** What runs is not touched; it only has nobody any more who keeps its port. */
async function daemonSteps({ paths, runningDaemon }: Context): Promise<Step[]> {
  const status = await runningDaemon.status().catch(() => undefined);
  if (status === undefined) return [];
  const { allocations: count } = status;
  return [
    {
      name: 'daemon',
      title: `the daemon (pid ${status.pid})`,
      question: 'Stop the daemon?',
      files: [],
      notes:
        count === 0
          ? ['it ends']
          : [
              `it ends; ${count === 1 ? 'one lease goes' : `${count} leases go`} on without it: styxy stop --all ends what runs in a worktree`,
            ],
      apply: async () => {
        const { stopDaemon } = await import('../../client/stop-daemon.ts');
        await stopDaemon(paths);
        return [];
      },
    },
  ];
}

/** With `--purge` all of it; else what other programs would find there: the launcher of agents' shells. */
function homeSteps({ paths }: Context, isPurge: boolean): Step[] {
  const path = isPurge ? paths.root : join(paths.root, 'bin');
  if (!existsSync(path)) return [];
  return [
    {
      name: isPurge ? 'home' : 'launcher',
      title: isPurge
        ? 'all that Styxy remembers: configuration, leases, logs, backups'
        : "the launcher for agents' shells",
      question: `Remove ${shortPath(path)}?`,
      files: [],
      notes: [`removes ${shortPath(path)}`],
      apply: async () => {
        rmSync(path, { recursive: true, force: true });
        return [];
      },
    },
  ];
}

function conclude(
  { out, paths }: Context,
  performed: readonly Performed[],
  isShown: boolean,
  { purge }: SetupFlags,
): void {
  if (performed.length === 0) out.note('styxy: there is nothing to take back');
  else if (isShown)
    out.note(
      'styxy: nothing is changed yet: styxy uninstall asks at a terminal, styxy uninstall --yes does it',
    );
  if (isShown) return;
  if (!purge && existsSync(paths.root))
    out.note(
      `styxy: ${shortPath(paths.root)} is kept (configuration, logs); styxy uninstall --purge removes it`,
    );
  out.note('styxy: the package itself: npm uninstall styxy, with --global where it was installed so');
}
