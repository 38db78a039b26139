import { join } from 'node:path';
import { packageRoot } from '../../system/package-root.ts';
import type { ScriptRewrite } from '../../tools/plan.ts';

/**
 * Makes npm, pnpm and yarn (classic) run a package script with another text: they start scripts by our script shell,
 * which exchanges `from` for `to` in the script of that name and hands over to the real shell. Everything else about
 * the script stays theirs.
 */
export function scriptVariables(
  { script, from, to }: ScriptRewrite,
  env: NodeJS.ProcessEnv,
): Record<string, string> {
  const shell = join(packageRoot(), 'dist', 'script-shell.sh');
  // Inside another `styxy run` these name our own file already.
  const own = [env.npm_config_script_shell, env.pnpm_config_script_shell].find(
    (path) => path && path !== shell,
  );
  return {
    STYXY_SCRIPT_NAME: script,
    STYXY_SCRIPT_FROM: from,
    STYXY_SCRIPT_TO: to,
    ...(own !== undefined && { STYXY_SCRIPT_SHELL: own }),
    npm_config_script_shell: shell,
    pnpm_config_script_shell: shell,
  };
}
