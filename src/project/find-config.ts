import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

const EXTENSIONS = ['json', 'yaml', 'yml', 'js', 'mjs', 'cjs', 'ts', 'mts'];
const FILES = ['.styxyrc', ...EXTENSIONS.flatMap((each) => [`.styxyrc.${each}`, `styxy.config.${each}`])];
export const KEY_OF_PACKAGE = 'styxy';

/** A configuration as it was read, before anybody looked whether it makes sense. */
export interface FoundConfig {
  file: string;
  content: unknown;
}

/**
 * The nearest configuration from `cwd` up to the worktree's top. A configuration may be a program, so it is read here,
 * by the user's own command or test, and never by the daemon.
 * @throws StyxyError BAD_CONFIG when it can't be read or evaluated
 */
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
