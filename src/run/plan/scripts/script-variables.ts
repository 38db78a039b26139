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

/** Where a command runs, and with which variables. */
interface Place {
  cwd: string;
  env: NodeJS.ProcessEnv;
}

/**
 * Makes npm, pnpm and yarn (classic) run package scripts with other texts: they start scripts by our script shell, which
 * exchanges `from` for `to` in each script of that name and folder, and hands over to the shell that they would have
 * taken. Everything else about the scripts stays theirs.
 */
export function scriptVariables(scripts: readonly ScriptRewrite[], place: Place): Record<string, string> {
  if (scripts.length === 0) return {};
  const shell = ourShell();
  // Inside another `styxy run` the variables name our own file already.
  const others = Object.fromEntries(Object.entries(place.env).filter(([, value]) => value !== shell));
  const shells = new Map<string, string | undefined>();
  const shellIn = (folder: string): string | undefined => {
    if (!shells.has(folder)) shells.set(folder, chosenShell(folder, others));
    return shells.get(folder);
  };
  const folders = scripts.map(({ file }) => file && realFolder(dirname(resolve(place.cwd, file))));
  const usual = shellIn(folders[0] ?? place.cwd);
  const each = scripts.flatMap(({ script, from, to, leads }, index): [string, string][] => {
    const folder = folders[index];
    const chosen = folder === undefined ? usual : shellIn(folder);
    const SHELL = chosen === usual ? undefined : chosen;
    const LAST = leads ? undefined : '1';
    const values = { NAME: script, FROM: from, TO: to, FOLDER: folder, SHELL, LAST };
    return Object.entries(values).flatMap(([name, value]): [string, string][] =>
      value === undefined ? [] : [[`STYXY_SCRIPT_${name}_${index + 1}`, value]],
    );
  });
  return {
    STYXY_SCRIPTS: String(scripts.length),
    ...Object.fromEntries(each),
    ...(usual !== undefined && { STYXY_SCRIPT_SHELL: usual }),
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
