import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { withLibrary } from '../run/plan/library.ts';
import { foldersUp } from '../run/plan/scripts/read-package.ts';
import { readPackage } from '../tools/runners/package-file.ts';
import { nxServers } from '../tools/runners/nx.ts';
import { SCRIPTS } from './packages.ts';

/** A target of nx that may serve, of a project without a script that does. */
export interface NxTarget {
  /** Where `nx run` is called. Absolute. */
  root: string;
  /** Of the project. Absolute. */
  folder: string;
  /** Of the project, as nx knows it. */
  name: string;
  target: string;
}

/**
 * The targets of the workspace around the folder, when it is called from its root or as a whole; else that of the project
 * around the folder. @param top of the worktree
 */
export async function findNxTargets(cwd: string, top: string, isWhole: boolean): Promise<NxTarget[]> {
  const root = foldersUp(cwd, top).find((folder) => existsSync(join(folder, 'nx.json')));
  if (root === undefined) return [];
  const all = await withLibrary((open) => {
    const project = open(root);
    const hasScript = (dir: string): boolean => {
      const { scripts = {} } = readPackage(project, dir) ?? {};
      return SCRIPTS.some((each) => Object.hasOwn(scripts, each));
    };
    return nxServers(project, '.').filter(({ dir }) => !hasScript(dir));
  });
  const targets = all.map(({ name, dir, target }) => ({ root, folder: resolve(root, dir), name, target }));
  const own = foldersUp(cwd, root).find((folder) =>
    ['project.json', 'package.json'].some((file) => existsSync(join(folder, file))),
  );
  const isAll = isWhole || own === undefined || own === root;
  return isAll ? targets : targets.filter(({ folder }) => folder === own);
}
