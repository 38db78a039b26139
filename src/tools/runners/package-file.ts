import { asObject, asText, asTexts, parser, type Project, readJson, textEntries } from '../project.ts';
import { fileIn, joinDir } from '../text/command.ts';
import type { Place } from '../text/word.ts';

/** What is read of a package.json. */
export interface PackageFile {
  dir: string;
  name: string | undefined;
  main: string | undefined;
  scripts: Readonly<Record<string, string>>;
  packageManager: string | undefined;
  content: Readonly<Record<string, unknown>>;
}

/** The package.json of a folder; undefined when there is none that can be read. */
export function readPackage(project: Project, dir: string): PackageFile | undefined {
  const content = readJson(project, fileIn(dir, 'package.json'));
  if (content === undefined) return undefined;
  return {
    dir,
    name: asText(content.name),
    main: asText(content.main),
    packageManager: asText(content.packageManager),
    scripts: textEntries(content.scripts),
    content,
  };
}

/** Where a script is written. */
export function scriptPlace(project: Project, dir: string, name: string): Place {
  const file = fileIn(dir, 'package.json');
  const lines = (project.readFile(file) ?? '').split('\n');
  const inScripts = lines.findIndex((line) => /^\s*\{?\s*"scripts"\s*:/.test(line));
  const key = JSON.stringify(name);
  const at = lines.findIndex((line, index) => index >= inScripts && line.includes(key) && line.includes(':'));
  return { file, line: at < 0 ? undefined : at + 1 };
}

/** Packages that are looked at in one workspace, at most. */
const MOST_PACKAGES = 300;

/** The packages of the workspace whose root is `root`, by their folders; empty when it is none. */
export const workspacePackages = (project: Project, root: string): PackageFile[] =>
  workspaceFolders(project, root).flatMap((folder) => readPackage(project, folder) ?? []);

/** The packages in a folder and below it. */
export const packagesBelow = (project: Project, dir: string): PackageFile[] =>
  expand(project, dir, '**')
    .slice(0, MOST_PACKAGES)
    .flatMap((folder) => readPackage(project, folder) ?? []);

/** The folders in which there may be a package of the workspace. */
export function workspaceFolders(project: Project, root: string): string[] {
  const patterns = workspacePatterns(project, root);
  const left = patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1));
  const folders = patterns
    .filter((pattern) => !pattern.startsWith('!'))
    .flatMap((pattern) => expand(project, root, pattern));
  const excluded = new Set(left.flatMap((pattern) => expand(project, root, pattern)));
  return [...new Set(folders)].filter((folder) => !excluded.has(folder)).slice(0, MOST_PACKAGES);
}

/** The nearest folder upwards that is the root of a workspace, `dir` included. */
export function workspaceRoot(project: Project, dir: string): string | undefined {
  for (let up = dir, steps = 0; steps < 8; steps += 1, up = joinDir(up, '..') ?? up) {
    if (workspacePatterns(project, up).length > 0) return up;
  }
  return undefined;
}

/** Whether a folder is the root of a workspace; told without a parser of YAML, so that it costs little. */
export function isWorkspace(project: Project, dir: string): boolean {
  if (readPackage(project, dir)?.content.workspaces !== undefined) return true;
  if (/^packages\s*:/m.test(project.readFile(fileIn(dir, 'pnpm-workspace.yaml')) ?? '')) return true;
  return project.readFile(fileIn(dir, 'lerna.json')) !== undefined;
}

function workspacePatterns(project: Project, root: string): string[] {
  const field = readPackage(project, root)?.content.workspaces;
  const own = asTexts(
    Array.isArray(field) ? field : (asObject(field)?.packages ?? asObject(field)?.patterns ?? []),
  );
  if (own.length > 0) return own;
  const text = project.readFile(fileIn(root, 'pnpm-workspace.yaml'));
  if (text !== undefined) return asTexts(asObject(parser(project, 'yaml')?.(text))?.packages ?? []);
  return asTexts(readJson(project, fileIn(root, 'lerna.json'))?.packages ?? []);
}

/** Folders that a pattern like `packages/*` or `apps/**` names. */
function expand(project: Project, root: string, pattern: string): string[] {
  const parts = pattern.replace(/^\.\//, '').replace(/\/$/, '').split('/');
  return parts.reduce<string[]>(
    (folders, part) =>
      folders.flatMap((folder) => {
        if (!part.includes('*')) return [fileIn(folder, part)];
        if (part === '**') return [folder, ...below(project, folder, 3)];
        return children(project, folder)
          .filter((name) => matches(part, name))
          .map((name) => fileIn(folder, name));
      }),
    [root],
  );
}

function below(project: Project, folder: string, depth: number): string[] {
  if (depth === 0) return [];
  const inner = children(project, folder).map((name) => fileIn(folder, name));
  return inner.flatMap((each) => [each, ...below(project, each, depth - 1)]);
}

function children(project: Project, folder: string): readonly string[] {
  return project.folders(folder).filter((name) => name !== 'node_modules' && !name.startsWith('.'));
}

/** Whether a name fits a pattern with `*`. */
export function matches(pattern: string, name: string): boolean {
  const source = pattern.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll(/\*+/g, '.*');
  return new RegExp(`^${source}$`).test(name);
}
