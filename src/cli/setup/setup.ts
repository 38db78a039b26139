import type { StyxyError } from '../../base/styxy-error.ts';
import type { Context } from '../context.ts';
import type { Check } from '../doctor/check.ts';
import { isInteractive } from '../print/ask.ts';
import { reportError } from '../print/error.ts';
import { agentsHere } from '../hook/settings/agents-here.ts';
import { isPassing } from '../hook/settings/offer.ts';
import { hookSteps } from './hook-steps.ts';
import { initSteps } from './init-steps.ts';
import { asJson, exitCodeOf, type Mode, perform, type Performed } from './perform.ts';
import { gatherSteps, inOneLine, type Steps } from './steps.ts';

export interface SetupFlags {
  yes?: boolean;
  dryRun?: boolean;
  json?: boolean;
  purge?: boolean;
}

/** Checks this machine, then offers package scripts and hooks; each change is shown before it is made. */
export async function execute(context: Context, flags: SetupFlags): Promise<number> {
  const { out } = context;
  const { examine } = await import('../doctor/examine.ts');
  const checks = await examine(context);
  if (!flags.json) printChecks(context, checks);
  const { steps, failures, notes } = await stepsOf(context);
  const mode = modeOf(flags, context);
  const performed = await perform(context, steps, mode, flags.json === true);
  const exitCode = exitCodeOf(performed, failures);
  if (flags.json) {
    out.json({
      ok: exitCode === 0,
      applied: mode !== 'show',
      checks: checks.filter(({ ok, fix }) => !ok || fix !== undefined),
      steps: asJson(performed),
      notes: [...notes, ...failures.map(inOneLine)],
    });
  } else {
    for (const note of notes) out.note(`styxy: ${note}`);
    conclude(context, performed, failures, mode);
  }
  return exitCode;
}

export function modeOf({ yes, dryRun, json }: SetupFlags, { env }: Context): Mode {
  if (dryRun) return 'show';
  if (yes) return 'do';
  return !json && isInteractive(env) ? 'ask' : 'show';
}

function printChecks({ out }: Context, checks: readonly Check[]): void {
  const failed = checks.filter(({ ok }) => !ok);
  for (const { name, detail, fix } of failed) {
    out.line(`${out.paint('red', '✗')} ${name}: ${detail}`);
    if (fix !== undefined) out.line(`    ${out.paint('dim', 'fix:')} ${fix}`);
  }
  if (failed.length === 0)
    out.line(`${out.paint('green', '✓')} this machine is ready: ${checks.length} checks, none failed`);
}

async function stepsOf(context: Context): Promise<Steps & { notes: string[] }> {
  const agents = agentsHere(context);
  const isLeftOut = agents.length > 0 && isPassing();
  const notes = isLeftOut
    ? [`${agents.join(', ')}: a hook needs a Styxy that stays; install it, then run styxy setup again`]
    : [];
  const hooks = isLeftOut ? [] : agents.map((agent) => () => hookSteps(agent, context));
  return { ...(await gatherSteps([() => initSteps(context), ...hooks])), notes };
}

function conclude(
  { out }: Context,
  performed: readonly Performed[],
  failures: readonly StyxyError[],
  mode: Mode,
): void {
  const done = performed.filter(({ outcome }) => outcome === 'done');
  const isAll = failures.length === 0 && performed.every(({ outcome }) => outcome !== 'failed');
  if (performed.length === 0) {
    if (isAll) out.note('styxy: nothing is left to set up here; styxy run -- <command> starts a server');
  } else if (mode === 'show')
    out.note('styxy: nothing is changed yet: styxy setup asks at a terminal, styxy setup --yes does it');
  else if (done.length > 0)
    out.note(`styxy: that is all${isAll ? '' : ' that could be done'}; styxy uninstall takes it back`);
  for (const failure of failures) reportError(failure, out, { json: false, debug: false });
}
