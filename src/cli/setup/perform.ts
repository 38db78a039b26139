import { shortPath } from '../print/listeners.ts';
import { messageOf, StyxyError } from '../../base/styxy-error.ts';
import type { Context } from '../context.ts';
import { askConfirm } from '../init/ask.ts';
import { reportError } from '../print/error.ts';
import type { Output } from '../print/output.ts';
import { changedLines } from './text-changes.ts';
import type { Step } from './steps.ts';

export type Outcome = 'done' | 'skipped' | 'failed' | 'shown';

export interface Performed {
  step: Step;
  outcome: Outcome;
  /** Why it failed. */
  error?: unknown;
}

/** `show`: nothing is done. `ask`: each is asked for. `do`: each is shown and done. */
export type Mode = 'show' | 'ask' | 'do';

/** Shows each step and does it, as far as the user agrees. One that fails does not keep the others from being done. */
export async function perform(
  { out }: Context,
  steps: readonly Step[],
  mode: Mode,
  isQuiet: boolean,
): Promise<Performed[]> {
  const performed: Performed[] = [];
  for (const step of steps) {
    if (!isQuiet) print(out, step);
    const wanted = mode === 'do' || (mode === 'ask' && (await askConfirm(step.question)));
    // Ctrl-C at a question ends it all.
    if (wanted === undefined) return [...performed, { step, outcome: 'skipped' }];
    performed.push(
      wanted ? await apply(out, step, isQuiet) : { step, outcome: mode === 'show' ? 'shown' : 'skipped' },
    );
  }
  return performed;
}

async function apply(out: Output, step: Step, isQuiet: boolean): Promise<Performed> {
  try {
    const notes = await step.apply();
    if (!isQuiet) for (const note of notes) out.note(`styxy: ${note}`);
    return { step, outcome: 'done' };
  } catch (error) {
    if (error instanceof StyxyError) reportError(error, out, { json: false, debug: false });
    else out.note(`styxy: ${step.title}: ${messageOf(error)}`);
    return { step, outcome: 'failed', error };
  }
}

function print(out: Output, { title, files, notes }: Step): void {
  out.line(out.paint('bold', title));
  for (const { path, before, after } of files) {
    const what = before === undefined ? ' (new)' : after === undefined ? ' (removed)' : '';
    out.line(`  ${shortPath(path)}${out.paint('dim', what)}`);
    const isWhole = before === undefined || after === undefined;
    for (const { sign, text } of isWhole ? [] : changedLines(before, after)) {
      const line = `  ${sign} ${text}`;
      out.line(sign === ' ' ? out.paint('dim', line) : out.paint(sign === '+' ? 'green' : 'red', line));
    }
  }
  for (const note of notes) out.line(`  ${note}`);
}

/** That of what could not be done. */
export function exitCodeOf(performed: readonly Performed[], [failure]: readonly StyxyError[]): number {
  const failed = performed.find(({ outcome }) => outcome === 'failed');
  const error = failure ?? failed?.error;
  return error instanceof StyxyError ? error.exitCode : failed ? 1 : 0;
}

export const asJson = (performed: readonly Performed[]) =>
  performed.map(({ step, outcome, error }) => ({
    name: step.name,
    title: step.title,
    outcome,
    why: error === undefined ? null : messageOf(error),
    files: step.files.map(({ path, before, after }) => ({
      path,
      change: before === undefined ? 'create' : after === undefined ? 'remove' : 'edit',
    })),
  }));
