import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { StyxyError } from '../base/styxy-error.ts';
import { withLibrary } from '../run/plan/library.ts';
import { foldersUp } from '../run/plan/scripts/read-package.ts';
import { readPackage, workspacePackages, workspaceRoot } from '../tools/runners/package-file.ts';

/** A package with a script that may serve. */
export interface PackageScript {
  /** Absolute. */
  folder: string;
  /** Of its package.json. */
  name: string | undefined;
  script: string;
  /** It is the root of a workspace: its scripts may well start those of the packages. */
  isRoot: boolean;
}

/** The first of these that a package has is what it serves by. */
const SCRIPTS = ['dev', 'start'];

/**
 * The packages of the workspace, when it is called from its root or as a whole; else the package around the folder.
 * @param top of the worktree
 * @throws StyxyError USAGE where there is no package
 */
export async function findPackages(cwd: string, top: string, isWhole: boolean): Promise<PackageScript[]> {
  const own = foldersUp(cwd, top).find((folder) => existsSync(join(folder, 'package.json')));
  if (own === undefined) throw nothingHere(cwd, top);
  return withLibrary((open) => {
    const read = (folder: string) => readPackage(open(folder), '.');
    const up = workspaceRoot(open(own), '.');
    const root = up === undefined ? own : resolve(own, up);
    const isHere = relative(top, root).split(/[\\/]/)[0] !== '..';
    const members = isHere ? workspacePackages(open(root), '.').map(({ dir }) => resolve(root, dir)) : [];
    const isAll = members.length > 0 && (own === root || (isWhole && members.includes(own)));
    const folders = isAll ? [...new Set([...members.toSorted(), root])] : [own];
    return folders.flatMap((folder) => {
      const { name, scripts = {} } = read(folder) ?? {};
      const script = SCRIPTS.find((each) => Object.hasOwn(scripts, each));
      return script === undefined ? [] : [{ folder, name, script, isRoot: isAll && folder === root }];
    });
  });
}

function nothingHere(cwd: string, top: string): StyxyError {
  return new StyxyError('USAGE', 'there is nothing to start here', {
    why: `no configuration names services, and there is no package.json ${cwd === top ? `in ${cwd}` : `from ${cwd} up to ${top}`}`,
    hint: 'name them in styxy.config.json: { "services": { "web": { "command": "npm run dev" } } }',
  });
}
