import { existsSync, readdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { StyxyError } from '../../base/styxy-error.ts';
import { type InitPlan, type InitWishes, planInit } from '../../init/plan.ts';
import { requireFolder } from '../../project/require-folder.ts';
import { withLibrary } from '../../run/plan/library.ts';
import { foldersUp } from '../../run/plan/scripts/read-package.ts';
import { findWorktree } from '../../system/worktree.ts';
import { workspacePackages, workspaceRoot } from '../../tools/runners/package-file.ts';

/**
 * The folder whose scripts are meant: the root of the workspace that the nearest package belongs to, else that package's.
 * @throws StyxyError USAGE when there is no package.json
 */
export async function projectRoot(cwd: string, { needsPackage = true } = {}): Promise<string> {
  requireFolder(cwd);
  const { path: top } = findWorktree(cwd);
  const own = foldersUp(cwd, top).find((folder) => existsSync(join(folder, 'package.json')));
  if (own === undefined && !needsPackage) return top;
  if (own === undefined) throw noPackage(cwd, top);
  return withLibrary((open) => {
    const up = workspaceRoot(open(own), '.');
    const root = up === undefined ? own : resolve(own, up);
    const isHere = relative(top, root).split(/[\\/]/)[0] !== '..';
    const members = workspacePackages(open(root), '.').map(({ dir }) => resolve(root, dir));
    return isHere && members.includes(own) ? root : own;
  });
}

/** What becomes of the project's scripts. */
export async function planProject(root: string, wishes: InitWishes): Promise<InitPlan> {
  return withLibrary((open) => planInit(open(root), wishes));
}

function noPackage(cwd: string, top: string): StyxyError {
  const below = packagesBelow(cwd);
  return new StyxyError('USAGE', 'there is no package.json here', {
    why: cwd === top ? `none in ${cwd}` : `none from ${cwd} up to ${top}`,
    hint:
      below.length > 0
        ? `run it in ${below.slice(0, 5).join(', ')}`
        : 'run it in the folder of a package.json; other programs are started with styxy run -- <command>',
  });
}

function packagesBelow(folder: string): string[] {
  const names = (path: string): string[] => {
    try {
      return readdirSync(path, { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && !/^\.|^node_modules$/.test(entry.name))
        .map(({ name }) => name);
    } catch {
      return [];
    }
  };
  const first = names(folder);
  const second = first
    .slice(0, 50)
    .flatMap((name) => names(join(folder, name)).map((inner) => join(name, inner)));
  return [...first, ...second].filter((path) => existsSync(join(folder, path, 'package.json')));
}
