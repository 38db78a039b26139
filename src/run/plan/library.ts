import { join } from 'node:path';
import { folderOfCaller } from '../../system/files/make-folder.ts';
import { styxyPaths } from '../../system/paths.ts';
import { findWorktree } from '../../system/worktree.ts';
import type { Library, Part, Project } from '../../tools/project.ts';
import { loadPart } from './load-part.ts';
import { readProjectFile, subfolders } from './project-files.ts';
import { isShellExecutable } from './scripts/script-variables.ts';

/** Rounds of loading: a script may name a Makefile, which names a tool, ... */
const MOST_ROUNDS = 10;

/** The files around a command, with what is known so far. */
export type OpenProject = (cwd: string) => Project;

/**
 * Asks again until nothing that would be needed is missing. Loads only what the answer depends on.
 * @param known what is loaded already
 */
export async function withLibrary<Answer>(
  ask: (open: OpenProject) => Answer,
  known: Library = { tools: {} },
): Promise<Answer> {
  const projects = new Map<string, ReturnType<typeof openProject>>();
  let library = known;
  for (let round = 0; ; round += 1) {
    const missing = new Set<Part>();
    const answer = ask((cwd) => {
      const project = projects.get(cwd) ?? openProject(cwd);
      projects.set(cwd, project);
      return project(library, missing);
    });
    if (missing.size === 0 || round === MOST_ROUNDS) return answer;
    library = await withParts(library, missing);
  }
}

/** Where a process puts changed copies of files. */
export const copiesOf = (pid: number): string => join(styxyPaths().home, 'copies', String(pid));

/** The files of a folder, each of which is read once. */
function openProject(cwd: string): (library: Library, missing: Set<Part>) => Project {
  const texts = new Map<string, string | undefined>();
  const readFile = (path: string): string | undefined => {
    if (!texts.has(path)) texts.set(path, readProjectFile(cwd, path));
    return texts.get(path);
  };
  const folders = (path: string): string[] => subfolders(cwd, path);
  const parsed: Project['parsed'] = new Map();
  const keepsScripts = !isShellExecutable();
  const { path: top, folder } = findWorktree(cwd);
  const files = { readFile, folders, here: { top, folder }, parsed };
  const own = copiesOf(process.pid);
  // Another path would need quotes in a command; root makes nothing in a user's home.
  const copies = /^[\w./-]+$/.test(own) && folderOfCaller(own) === undefined ? own : undefined;
  return (library, missing) => ({
    ...files,
    keepsScripts,
    ...(copies !== undefined && { copies }),
    library,
    missing,
  });
}

async function withParts(library: Library, missing: ReadonlySet<Part>): Promise<Library> {
  const parts = await Promise.all([...missing].map(loadPart));
  const tools = Object.assign({}, library.tools, ...parts.map((part) => part.tools)) as Library['tools'];
  return Object.assign({}, library, ...parts, { tools }) as Library;
}
