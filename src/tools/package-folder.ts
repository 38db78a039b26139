import { joinDir } from './text/command.ts';

/** Where a command runs. */
export interface Here {
  /** Path of the worktree. */
  top: string;
  /** The command's folder, relative to it; `.` is the top. */
  folder: string;
}

/**
 * The folder of the package around a folder, relative to the worktree: '' for the top, which needs no package.json.
 * @param dir relative to the command's folder; what lies outside the worktree counts as the command's folder
 * @param hasPackage whether a folder, relative to the command's, has a package.json
 */
export function packageFolder(dir: string, here: string, hasPackage: (dir: string) => boolean): string {
  const at = joinDir(here, dir) ?? here;
  if (isOutside(at)) return packageFolder('.', here, hasPackage);
  let folder = at;
  for (let up = dir; folder !== '.'; up = parentOf(up), folder = parentOf(folder)) {
    if (hasPackage(up)) return folder;
  }
  return '';
}

/** A path that is not below the folder it is relative to. */
export function isOutside(path: string): boolean {
  return path === '..' || path.startsWith('../') || /^([A-Za-z]:)?[\\/]/.test(path);
}

export function parentOf(dir: string): string {
  return joinDir(dir, '..') ?? dir;
}
