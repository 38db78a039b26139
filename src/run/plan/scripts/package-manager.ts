import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '../../../system/process/find-program.ts';
import { foldersUp, type Package, readPackage } from './read-package.ts';

/** The package managers, by the files that they keep. */
export const LOCK_FILES: Readonly<Record<string, string>> = {
  'pnpm-lock.yaml': 'pnpm',
  'yarn.lock': 'yarn',
  'bun.lock': 'bun',
  'bun.lockb': 'bun',
  'package-lock.json': 'npm',
  'npm-shrinkwrap.json': 'npm',
};

/**
 * The words that run a script of a package by its package manager, or by npm where that one is not installed.
 * @param top the worktree
 * @param args for the script
 */
export function scriptCommand(
  own: Package,
  script: string,
  args: readonly string[],
  { top, env }: { top: string; env: NodeJS.ProcessEnv },
): string[] {
  const chosen = managerOf(own, top, env);
  const isThere = findProgram(chosen, { cwd: own.folder, env }) === 'executable';
  const manager = isThere ? chosen : 'npm';
  // npm takes options for its own unless a -- came first.
  const lead = manager === 'npm' && args.length > 0 ? ['--'] : [];
  return [manager, 'run', script, ...lead, ...args];
}

/** What the nearest package.json or lock file says, else the manager that started us. */
export function managerOf({ folder }: Package, top: string, env: NodeJS.ProcessEnv): string {
  for (const each of foldersUp(folder, top)) {
    const named = readPackage(each)?.manager;
    if (named !== undefined && Object.values(LOCK_FILES).includes(named)) return named;
    const lock = Object.keys(LOCK_FILES).find((name) => existsSync(join(each, name)));
    if (lock !== undefined) return LOCK_FILES[lock]!;
  }
  const [around = ''] = (env.npm_config_user_agent ?? '').split('/');
  return Object.values(LOCK_FILES).includes(around) ? around : 'npm';
}
