import { StyxyError } from '../../base/styxy-error.ts';
import type { Context } from '../context.ts';
import type { Check } from '../doctor/check.ts';
import { isInteractive } from '../print/ask.ts';
import { agentsHere } from '../hook/settings/agents-here.ts';
import { isPassing } from '../hook/settings/offer.ts';
import { hookSteps } from './hook-steps.ts';
import { initSteps } from './init-steps.ts';
import { asJson, type Mode, perform, type Performed } from './perform.ts';
import type { Step } from './steps.ts';

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
  const { steps, notes } = await stepsOf(context);
  const mode = modeOf(flags, context);
  const performed = await perform(context, steps, mode, flags.json === true);
  if (flags.json) {
    out.json({
      ok: performed.every(({ outcome }) => outcome !== 'failed'),
      applied: mode !== 'show',
      checks: checks.filter(({ ok, fix }) => !ok || fix !== undefined),
      steps: asJson(performed),
      notes,
    });
  } else {
    for (const note of notes) out.note(`styxy: ${note}`);
    conclude(context, performed, mode);
  }
  return performed.some(({ outcome }) => outcome === 'failed') ? 1 : 0;
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

async function stepsOf(context: Context): Promise<{ steps: Step[]; notes: string[] }> {
  const notes: string[] = [];
  const steps = await orNote(notes, () => initSteps(context));
  const agents = agentsHere(context);
  if (agents.length > 0 && isPassing()) {
    notes.push(
      `${agents.join(', ')}: a hook needs a Styxy that stays; install it, then run styxy setup again`,
    );
    return { steps, notes };
  }
  return { steps: [...steps, ...(await orNote(notes, () => hookSteps(context)))], notes };
}

/** A broken package.json must not keep a user from the hooks, nor the other way round. */
async function orNote(notes: string[], find: () => Step[] | Promise<Step[]>): Promise<Step[]> {
  try {
    return await find();
  } catch (error) {
    if (!(error instanceof StyxyError)) throw error;
    notes.push([error.message, error.why].filter(Boolean).join(': '));
    return [];
  }
}

function conclude({ out }: Context, performed: readonly Performed[], mode: Mode): void {
  const done = performed.filter(({ outcome }) => outcome === 'done');
  if (performed.length === 0)
    out.note('styxy: nothing is left to set up here; styxy run -- <command> starts a server');
  else if (mode === 'show')
    out.note('styxy: nothing is changed yet: styxy setup asks at a terminal, styxy setup --yes does it');
  else if (done.length > 0) out.note('styxy: that is all; styxy uninstall takes it back');
}
