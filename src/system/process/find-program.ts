import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { systemCode } from '../../base/styxy-error.ts';

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
  if (word.includes('/')) return programAt(resolve(cwd, word));
  // A folder of that name, or one that can't be entered, hides no program further on in PATH.
  let best: ProgramFound = 'missing';
  for (const folder of PATH.split(delimiter)) {
    const path = resolve(cwd, join(folder, word));
    const found = isFile(path) ? programAt(path) : 'missing';
    if (found === 'executable') return found;
    if (found !== 'missing') best = found;
  }
  return best;
}

/** Where the system would find a program by its name; undefined when it would not, or could not execute it. */
export function programPath(
  name: string,
  { cwd, env }: { cwd: string; env: NodeJS.ProcessEnv },
): string | undefined {
  const paths = (env.PATH ?? '').split(delimiter).map((folder) => resolve(cwd, join(folder, name)));
  return paths.find((path) => isFile(path) && programAt(path) === 'executable');
}

/** A folder can be reached, but not executed. */
function programAt(path: string): ProgramFound {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    if (!found) return 'missing';
    if (!found.isFile()) return 'not executable';
    accessSync(path, constants.X_OK);
    return 'executable';
  } catch (error) {
    return systemCode(error) === 'ENOTDIR' ? 'missing' : 'not executable';
  }
}

/** What execve(2) says to a program that is there and can't be executed: the name of its error. */
export function whyNotExecutable(word: string, cwd: string): string {
  // One that PATH leads to has no other reason: the rest is passed over.
  if (!word.includes('/')) return 'EACCES';
  try {
    return statSync(resolve(cwd, word)).isDirectory() ? 'EISDIR' : 'EACCES';
  } catch (error) {
    return systemCode(error) ?? 'EACCES';
  }
}

function isFile(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
  } catch {
    return false;
  }
}
