import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { nearestName } from '../../base/nearest-name.ts';
import { StyxyError } from '../../base/styxy-error.ts';
import { findProgram, whyNotExecutable } from '../../system/process/find-program.ts';
import type { RunPlan } from './plan.ts';
import { isWorthReading } from '../../tools/quick.ts';
import { commandError } from '../../system/process/start-errors.ts';

/**
 * What can be known before a command is started: its program is there, and so is the script that a package manager is
 * asked for.
 * @throws StyxyError COMMAND_NOT_FOUND, COMMAND_NOT_EXECUTABLE
 */
export async function requireStartable(plan: Pick<RunPlan, 'command' | 'cwd' | 'env'>): Promise<void> {
  requireProgram(plan);
  await requireNamed(plan);
}

/** @throws StyxyError COMMAND_NOT_FOUND where the command names a script or a file that is not there */
export async function requireNamed({ command, cwd }: Pick<RunPlan, 'command' | 'cwd'>): Promise<void> {
  if (!isWorthReading(command)) return;
  const { missingPart } = await import('../../tools/runners/missing-script.ts');
  const { withLibrary } = await import('./library.ts');
  const missing = await withLibrary((open) => missingPart(command, open(cwd)));
  // A file that can't be read is the program's to complain about.
  if (missing === undefined || (missing.is === 'file' && existsSync(join(cwd, missing.name)))) return;
  const { is, name, near } = missing;
  const meant = is === 'script' ? near : nearestFile(join(cwd, name));
  const what =
    is === 'script' ? `package.json has no script "${name}"` : `there is no file "${name}" in ${cwd}`;
  throw new StyxyError('COMMAND_NOT_FOUND', what, {
    hint: meant === undefined ? 'check the spelling' : `did you mean "${meant}"?`,
  });
}

/** What lies beside it and is called nearly so. */
function nearestFile(path: string): string | undefined {
  try {
    return nearestName(basename(path), readdirSync(dirname(path)));
  } catch {
    return undefined;
  }
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
