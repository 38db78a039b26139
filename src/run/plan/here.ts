import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findWorktree, type Worktree } from '../../system/worktree.ts';
import { packageFolder } from '../../tools/package-folder.ts';

/** Where the user is. */
export interface Here {
  /** The worktree. */
  readonly path: string;
  /** The package around the current folder, relative to the worktree; '' for its top. */
  readonly folder: string;
  /** A service of which the machine has one is meant from everywhere; not by what would end it for others. */
  readonly ofMachine?: true;
}

export function hereOf(cwd: string): Here {
  const worktree = findWorktree(cwd);
  return { path: worktree.path, folder: packageAround(worktree) };
}

export function packageAround({ path, folder }: Pick<Worktree, 'path' | 'folder'>): string {
  return packageFolder('.', folder, (dir) => existsSync(join(path, folder, dir, 'package.json')));
}
