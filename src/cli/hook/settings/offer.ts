import { packageRoot } from '../../../system/package-root.ts';
import type { Context } from '../../context.ts';
import { agentsHere } from './agents-here.ts';
import { installInto, plannedInstall, type PlannedText, writeLauncher } from './installation.ts';
import { hookTarget, type HookTarget } from './target.ts';

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
  return agentsHere(context).flatMap((agent) => offersFor(agent, context));
}

/** One, or none. @throws StyxyError BAD_CONFIG */
export function offersFor(agent: string, context: Context): Offer[] {
  const target = hookTarget(context, { agent });
  const { before, after } = plannedInstall(target, context.paths);
  return before === after ? [] : [{ target, before, after }];
}

/** @returns what the user has to do himself */
export async function accept({ target }: Offer, { paths }: Context): Promise<string[]> {
  await installInto(target, paths);
  if (process.platform !== 'win32') await writeLauncher(paths, packageRoot(), process.execPath);
  return target.layout.afterwards === undefined ? [] : [target.layout.afterwards];
}
