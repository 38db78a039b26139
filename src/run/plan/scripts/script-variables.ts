import { accessSync, constants, realpathSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { packageRoot } from '../../../system/package-root.ts';
import type { ScriptRewrite } from '../../../tools/plan.ts';
import { chosenShell } from './chosen-shell.ts';

/** The script shell that we give to package managers. */
const ourShell = (): string => join(packageRoot(), 'dist', 'script-shell.sh');

/** False where no file of ours can be executed: on a disk mounted with noexec, on Windows. */
export function isShellExecutable(): boolean {
  if (process.platform === 'win32') return false;
  try {
    accessSync(ourShell(), constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Makes npm, pnpm and yarn (classic) run a package script with another text: they start scripts by our script shell,
 * which exchanges `from` for `to` in the script of that name and folder, and hands over to the shell that they would have
 * taken. Everything else about the script stays theirs.
 * @param cwd where the command runs
 */
export function scriptVariables(
  { script, file, from, to }: ScriptRewrite,
  { cwd, env }: { cwd: string; env: NodeJS.ProcessEnv },
): Record<string, string> {
  const shell = ourShell();
  const folder = file === undefined ? undefined : realFolder(dirname(resolve(cwd, file)));
  // Inside another `styxy run` the variables name our own file already.
  const others = Object.entries(env).filter(([, value]) => value !== shell);
  const chosen = chosenShell(folder ?? cwd, Object.fromEntries(others));
  return {
    STYXY_SCRIPT_NAME: script,
    STYXY_SCRIPT_FROM: from,
    STYXY_SCRIPT_TO: to,
    ...(folder !== undefined && { STYXY_SCRIPT_FOLDER: folder }),
    ...(chosen !== undefined && { STYXY_SCRIPT_SHELL: chosen }),
    npm_config_script_shell: shell,
    pnpm_config_script_shell: shell,
  };
}

function realFolder(folder: string): string | undefined {
  try {
    return realpathSync(folder);
  } catch {
    return undefined;
  }
}
