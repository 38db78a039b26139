import { accessSync, constants, existsSync, realpathSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { AgentContract } from '../../hook/agents/contract.ts';
import { packageRoot } from '../../system/package-root.ts';

/**
 * How the agent's shell finds this Styxy: by its name where PATH leads to it, else by the path of the launcher that
 * `styxy hook install` made, else by that of the one in the package.
 */
export function programWord(agent: AgentContract, env: NodeJS.ProcessEnv, home: string): string {
  const root = packageRoot();
  if (agent.usesLoginShell !== true && leadsTo(env.PATH ?? '', root)) return 'styxy';
  const launcher = join(home, 'bin', 'styxy');
  return quoted(isExecutable(launcher) ? launcher : join(root, 'bin', 'styxy'));
}

function leadsTo(path: string, root: string): boolean {
  const found = path
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, 'styxy'))
    .find(isExecutable);
  if (found === undefined) return false;
  try {
    return realpathSync(found).startsWith(realpathSync(root));
  } catch {
    return false;
  }
}

function isExecutable(file: string): boolean {
  // An error costs more than to look first, and most folders of PATH have no such file.
  if (!existsSync(file)) return false;
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function quoted(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}
