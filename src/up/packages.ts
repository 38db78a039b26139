import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { withLibrary } from '../run/plan/library.ts';
import { foldersUp } from '../run/plan/scripts/read-package.ts';
import { composeInput } from '../tools/runners/compose-files.ts';
import { readPackage, workspaceFolders, workspaceRoot } from '../tools/runners/package-file.ts';

/** A package with a script that may serve. */
export interface PackageScript {
  /** Absolute. */
  folder: string;
  /** Of its package.json. */
  name: string | undefined;
  script: string;
  /** Of the script. */
  text: string;
  /** It is the root of a workspace: its scripts may well start those of the packages. */
  isRoot: boolean;
}

export interface FoundPackages {
  packages: PackageScript[];
  /** Folders whose package.json can't be read. */
  unreadable: string[];
}

/** The first of these that a package has is what it serves by. */
export const SCRIPTS = ['dev', 'start'];

/**
 * The packages of the workspace, when it is called from its root or as a whole; else the package around the folder;
 * none where there is no package.
 * @param top of the worktree
 */
export async function findPackages(cwd: string, top: string, isWhole: boolean): Promise<FoundPackages> {
  const own = foldersUp(cwd, top).find(hasFile);
  if (own === undefined) return { packages: [], unreadable: [] };
  return withLibrary((open) => {
    const read = (folder: string) => readPackage(open(folder), '.');
    const up = workspaceRoot(open(own), '.');
    const root = up === undefined ? own : resolve(own, up);
    const isHere = relative(top, root).split(/[\\/]/)[0] !== '..';
    const members = (isHere ? workspaceFolders(open(root), '.') : [])
      .map((dir) => resolve(root, dir))
      .filter(hasFile);
    const isAll = members.length > 0 && (own === root || (isWhole && members.includes(own)));
    const folders = isAll ? [...new Set([...members.toSorted(), root])] : [own];
    const packages = folders.flatMap((folder) => {
      const { name, scripts = {} } = read(folder) ?? {};
      const script = SCRIPTS.find((each) => Object.hasOwn(scripts, each));
      if (script === undefined) return [];
      return [{ folder, name, script, text: scripts[script] ?? '', isRoot: isAll && folder === root }];
    });
    return {
      packages,
      unreadable: folders.filter((folder) => hasFile(folder) && read(folder) === undefined),
    };
  });
}

const hasFile = (folder: string): boolean => existsSync(join(folder, 'package.json'));

/** The nearest folder upwards in which docker compose finds its files. @param top of the worktree */
export function findCompose(cwd: string, top: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  return withLibrary((open) =>
    foldersUp(cwd, top).find((folder) => {
      const project = { ...open(folder), env };
      const asked = { dir: '.', files: [], envFiles: [], projectFolder: undefined };
      const { fileNames } = composeInput(asked, project);
      return fileNames.some((name) => project.readFile(name) !== undefined);
    }),
  );
}
