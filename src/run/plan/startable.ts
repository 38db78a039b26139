import { StyxyError } from '../../base/styxy-error.ts';
import { findProgram, whyNotExecutable } from '../../system/process/find-program.ts';
import type { RunPlan } from './plan.ts';
import { commandError } from '../../system/process/start-errors.ts';

/**
 * What can be known before a command is started: its program is there, and so is the script that a package manager is
 * asked for.
 * @throws StyxyError COMMAND_NOT_FOUND, COMMAND_NOT_EXECUTABLE
 */
export async function requireStartable(plan: Pick<RunPlan, 'command' | 'cwd' | 'env'>): Promise<void> {
  requireProgram(plan);
  const { missingScript } = await import('../../tools/runners/missing-script.ts');
  const { withLibrary } = await import('./library.ts');
  const script = await withLibrary((open) => missingScript(plan.command, open(plan.cwd)));
  if (script === undefined) return;
  throw new StyxyError('COMMAND_NOT_FOUND', `package.json has no script "${script}"`, {
    hint: 'check the spelling',
  });
}

/** @throws StyxyError COMMAND_NOT_FOUND, COMMAND_NOT_EXECUTABLE */
export function requireProgram({
  command: [word = ''],
  ...place
}: Pick<RunPlan, 'command' | 'cwd' | 'env'>): void {
  const found = findProgram(word, place);
  if (found === 'missing') throw new StyxyError('COMMAND_NOT_FOUND', `there is no command "${word}"`);
  if (found === 'not executable') throw commandError(whyNotExecutable(word, place.cwd), word);
}
