import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

/** Whether the system would find a program, and could execute it. */
export type ProgramFound = 'executable' | 'not executable' | 'missing';

/**
 * Looks for a program as execvp(3) does: a word with a slash is a path, any other is looked for in the folders of PATH.
 * On Windows, and without a PATH, every program counts as found.
 */
export function findProgram(
  word: string,
  { cwd, env }: { cwd: string; env: NodeJS.ProcessEnv },
): ProgramFound {
  const { PATH } = env;
  if (process.platform === 'win32' || PATH === undefined) return 'executable';
  const folders = word.includes('/') ? [''] : PATH.split(delimiter);
  const found = folders.map((folder) => programAt(resolve(cwd, join(folder, word))));
  return found.find((each) => each === 'executable') ?? found.find((each) => each !== 'missing') ?? 'missing';
}

function programAt(path: string): ProgramFound {
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return 'missing';
  try {
    accessSync(path, constants.X_OK);
    return 'executable';
  } catch {
    return 'not executable';
  }
}
