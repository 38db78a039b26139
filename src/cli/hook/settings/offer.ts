import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { TRACES, type Traces } from '../../../hook/install/found.ts';
import { packageRoot } from '../../../system/package-root.ts';
import { findProgram } from '../../../system/process/find-program.ts';
import type { Context } from '../../context.ts';
import { installInto, plannedInstall, type PlannedText, writeLauncher } from './installation.ts';
import { hookTarget, type HookTarget } from './target.ts';

/** The coding agents that are on this machine. */
export function agentsHere({ cwd, env }: Context): string[] {
  return Object.entries(TRACES).flatMap(([agent, traces]) => (isHere(traces, cwd, env) ? [agent] : []));
}

function isHere({ programs, folder, variable }: Traces, cwd: string, env: NodeJS.ProcessEnv): boolean {
  const own = (variable && env[variable]) || join(homedir(), folder);
  return (
    existsSync(own) ||
    (env.PATH !== undefined && programs.some((name) => findProgram(name, { cwd, env }) === 'executable'))
  );
}

/** A package runner's copy of Styxy is gone some day, and an agent's settings would name it still. */
export function isPassing(root = packageRoot()): boolean {
  return /[\\/](_npx|dlx|dlx-[^\\/]+|bunx-[^\\/]+)[\\/]/.test(root);
}

/** One agent's settings without our hooks, or with those of another Styxy. */
export interface Offer extends PlannedText {
  target: HookTarget;
}

/** What could be put into the user's own settings of the agents that are here. @throws StyxyError BAD_CONFIG */
export function offersHere(context: Context): Offer[] {
  return agentsHere(context).flatMap((agent): Offer[] => {
    const target = hookTarget(context, { agent });
    const { before, after } = plannedInstall(target, context.paths);
    return before === after ? [] : [{ target, before, after }];
  });
}

/** @returns what the user has to do himself */
export async function accept({ target }: Offer, { paths }: Context): Promise<string[]> {
  await installInto(target, paths);
  if (process.platform !== 'win32') await writeLauncher(paths, packageRoot(), process.execPath);
  return target.layout.afterwards === undefined ? [] : [target.layout.afterwards];
}
