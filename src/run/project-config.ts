import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { ConfigProblem } from '../settings/problem.ts';
import type { ProjectConfig, ServiceTypeConfig } from '../settings/schema.ts';

const EXTENSIONS = ['json', 'yaml', 'yml', 'js', 'mjs', 'cjs', 'ts', 'mts'];
const FILES = ['.styxyrc', ...EXTENSIONS.flatMap((each) => [`.styxyrc.${each}`, `styxy.config.${each}`])];
const KEY_OF_PACKAGE = 'styxy';

export interface LoadedProject {
  config: ProjectConfig;
  /** Absolute path of the file it came from. */
  file: string;
}

/** A configuration as it was read, before anybody looked whether it makes sense. */
export interface FoundConfig {
  file: string;
  content: unknown;
}

/**
 * The project's configuration: the nearest file from `cwd` up to the worktree's top. A configuration may be a program,
 * so it is read here, by the user's own command, and never by the daemon.
 * @throws StyxyError BAD_CONFIG
 */
export async function loadProjectConfig(cwd: string, top: string): Promise<LoadedProject | undefined> {
  const found = await findProjectConfig(cwd, top);
  if (!found) return undefined;
  const { parseProjectConfig } = await import('../settings/parse.ts');
  const { badConfig } = await import('../settings/problem.ts');
  const problems = await problemsOfProject(found);
  if (problems.length > 0) throw badConfig(found.file, problems);
  return { config: parseProjectConfig(found.content, found.file), file: found.file };
}

/** @throws StyxyError BAD_CONFIG when it can't be read or evaluated */
export async function findProjectConfig(cwd: string, top: string): Promise<FoundConfig | undefined> {
  // Loading the loader costs more than the whole rest of a run; most projects have no such file.
  const folders = foldersWithConfig(cwd, top);
  if (folders.length === 0) return undefined;
  const explorer = await createExplorer();
  for (const folder of folders) {
    const found = await explorer.search(folder);
    if (found) return found;
  }
  return undefined;
}

/** The configuration in one file. @throws StyxyError BAD_CONFIG */
export async function readProjectConfig(file: string): Promise<FoundConfig | undefined> {
  return (await createExplorer()).load(file);
}

/** What the project says about a service type, for itself alone. @throws StyxyError BAD_CONFIG */
export async function projectTypeIn(
  cwd: string,
  top: string,
  type: string,
): Promise<ServiceTypeConfig | undefined> {
  return (await loadProjectConfig(cwd, top))?.config.service_types?.[type];
}

/** All that is wrong with it in itself, with lines where the file is JSON. */
export async function problemsOfProject({ file, content }: FoundConfig): Promise<ConfigProblem[]> {
  const { checkProjectConfig, withLines } = await import('../settings/parse.ts');
  const checked = checkProjectConfig(content, file);
  if ('config' in checked) return [];
  if (!file.endsWith('.json')) return checked.problems;
  const prefix = basename(file) === 'package.json' ? KEY_OF_PACKAGE : '';
  return withLines(checked.problems, readFileSync(file, 'utf8'), prefix);
}

async function createExplorer() {
  const [
    { cosmiconfig, defaultLoaders },
    { parseJsonConfig, unreadableConfig },
    { loadJavaScriptConfig, loadTypeScriptConfig },
  ] = await Promise.all([
    import('cosmiconfig'),
    import('../settings/parse.ts'),
    import('./config-module.ts'),
  ]);
  const json = (file: string, text: string): unknown => parseJsonConfig(text, file);
  const explorer = cosmiconfig(KEY_OF_PACKAGE, {
    // Folder by folder: any other strategy also looks outside of the repository.
    searchStrategy: 'none',
    searchPlaces: [...FILES, 'package.json'],
    loaders: {
      ...defaultLoaders,
      '.json': json,
      '.js': loadJavaScriptConfig,
      '.mjs': loadJavaScriptConfig,
      '.cjs': loadJavaScriptConfig,
      '.ts': loadTypeScriptConfig,
      '.mts': loadTypeScriptConfig,
    },
  });
  type Result = Awaited<ReturnType<typeof explorer.search>>;
  const found = (result: Result): FoundConfig | undefined =>
    result && !result.isEmpty ? { file: result.filepath, content: result.config } : undefined;
  const unreadable =
    (file?: string) =>
    (error: unknown): never => {
      throw unreadableConfig(error, file);
    };
  return {
    search: async (folder: string) => found(await explorer.search(folder).catch(unreadable())),
    load: async (file: string) => found(await explorer.load(file).catch(unreadable(file))),
  };
}

/** The nearest first. */
function foldersWithConfig(cwd: string, top: string): string[] {
  const folders: string[] = [];
  for (let folder = realPath(cwd); ; folder = dirname(folder)) {
    const names = namesIn(folder);
    const hasKey = names.includes('package.json') && hasPackageKey(join(folder, 'package.json'));
    if (hasKey || names.some((name) => FILES.includes(name))) folders.push(folder);
    if (folder === top || folder === dirname(folder)) return folders;
  }
}

function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return path;
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function hasPackageKey(file: string): boolean {
  try {
    return /"styxy"\s*:\s*\{/.test(readFileSync(file, 'utf8'));
  } catch {
    return false;
  }
}
