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

/** Settings that only one manager reads, where no lock file was written yet, or none is kept. */
const SETTINGS_FILES: Readonly<Record<string, string>> = {
  'pnpm-workspace.yaml': 'pnpm',
  '.yarnrc.yml': 'yarn',
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

const managerByFile = (files: Readonly<Record<string, string>>, folder: string): string | undefined =>
  Object.entries(files).find(([name]) => existsSync(join(folder, name)))?.[1];

/** What the nearest package.json or file of a manager says, else the manager that started us. */
export function managerOf({ folder }: Package, top: string, env: NodeJS.ProcessEnv): string {
  for (const each of foldersUp(folder, top)) {
    const named = readPackage(each)?.manager;
    if (named !== undefined && Object.values(LOCK_FILES).includes(named)) return named;
    const kept = managerByFile(LOCK_FILES, each) ?? managerByFile(SETTINGS_FILES, each);
    if (kept !== undefined) return kept;
  }
  const [around = ''] = (env.npm_config_user_agent ?? '').split('/');
  return Object.values(LOCK_FILES).includes(around) ? around : 'npm';
}
