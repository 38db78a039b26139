import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { readSmallText } from './files/read-text.ts';

/** The project folder that a command runs in. */
export interface Worktree {
  /** Real path of the top folder. */
  path: string;
  /** The folder that was asked about, relative to it; `.` is the top. */
  folder: string;
  /** The branch that is checked out, or the first 7 digits of the commit; null without git. */
  branch: string | null;
  /** The same for all worktrees of a repository: the folder that has its .git (a bare repository's own folder). */
  repository: string | null;
  /** One of `git worktree add`; the repository's own checkout is none. */
  isLinked: boolean;
}

/**
 * The git worktree around a folder, read from git's files (gitrepository-layout(5)) without running git; without
 * one, the root of a workspace upwards, else the nearest folder that has a package.json, else the folder itself. Some
 * 20 us; never throws.
 */
export function findWorktree(cwd: string): Worktree {
  const start = realPath(cwd);
  let packageFolder: string | undefined;
  for (const folder of upwardsFrom(start)) {
    const git = gitFolderOf(folder);
    if (git !== undefined) {
      const inside = folderIn(folder, start);
      const isLinked = existsSync(join(git, 'commondir'));
      return { path: folder, folder: inside, branch: branchOf(git), repository: repositoryOf(git), isLinked };
    }
    if (isPackage(folder) && (packageFolder === undefined || isWorkspace(folder))) packageFolder = folder;
  }
  const path = packageFolder ?? start;
  return { path, folder: folderIn(path, start), branch: null, repository: null, isLinked: false };
}

const isPackage = (folder: string): boolean => existsSync(join(folder, 'package.json'));

/** The root of a workspace of npm, pnpm, yarn or bun. */
function isWorkspace(folder: string): boolean {
  if (existsSync(join(folder, 'pnpm-workspace.yaml'))) return true;
  return /"workspaces"\s*:/.test(readSmallText(join(folder, 'package.json')) ?? '');
}

function folderIn(top: string, path: string): string {
  return relative(top, path).replaceAll('\\', '/') || '.';
}

function* upwardsFrom(start: string): Generator<string> {
  let folder = start;
  let below: string | undefined;
  while (folder !== below) {
    yield folder;
    below = folder;
    folder = dirname(folder);
  }
}

/** Where git keeps what belongs to this folder; linked worktrees and submodules have a file that says where. */
function gitFolderOf(folder: string): string | undefined {
  const dotGit = join(folder, '.git');
  // An empty folder of that name is no repository; git looks further up as well.
  if (existsSync(join(dotGit, 'HEAD'))) return dotGit;
  const target = existsSync(dotGit) && /^gitdir: (.+)$/m.exec(readSmallText(dotGit) ?? '')?.[1];
  return target ? resolve(folder, target) : undefined;
}

function branchOf(gitFolder: string): string | null {
  const head = readSmallText(join(gitFolder, 'HEAD'))?.trim() ?? '';
  if (/^[0-9a-f]{40,64}$/.test(head)) return head.slice(0, 7);
  const branch = /^ref: (?:refs\/heads\/)?(.+)$/.exec(head)?.[1];
  // What git writes there when it keeps its references in another format (reftable).
  return branch === undefined || branch === '.invalid' ? null : branch;
}

function repositoryOf(gitFolder: string): string | null {
  const common = readSmallText(join(gitFolder, 'commondir'))?.trim();
  const shared = realPath(common === undefined ? gitFolder : resolve(gitFolder, common));
  if (!existsSync(shared)) return null;
  return basename(shared) === '.git' ? dirname(shared) : shared;
}

function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return resolve(path);
  }
}
