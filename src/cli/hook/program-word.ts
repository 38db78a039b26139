import { accessSync, constants, realpathSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { AgentContract } from '../../hook/agents/contract.ts';
import { packageRoot } from '../../system/package-root.ts';

/**
 * How the agent's shell finds this Styxy: by its name where PATH leads to it, else by the path of the launcher that
 * `styxy hook install` made, else by that of the one in the package.
 */
export function programWord(agent: AgentContract, env: NodeJS.ProcessEnv, home: string): string {
  const inPackage = join(packageRoot(), 'bin', 'styxy');
  if (agent.usesLoginShell !== true && leadsTo(env.PATH ?? '', packageRoot())) return 'styxy';
  const launcher = join(home, 'bin', 'styxy');
  return quoted(isExecutable(launcher) ? launcher : inPackage);
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
