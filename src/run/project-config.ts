import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ProjectConfig } from '../settings/schema.ts';

const FILES = new Set([
  '.styxyrc',
  '.styxyrc.json',
  '.styxyrc.yaml',
  '.styxyrc.yml',
  '.styxyrc.js',
  '.styxyrc.mjs',
  '.styxyrc.cjs',
  'styxy.config.json',
  'styxy.config.yaml',
  'styxy.config.yml',
  'styxy.config.js',
  'styxy.config.mjs',
  'styxy.config.cjs',
  'styxy.config.ts',
]);

export interface LoadedProject {
  config: ProjectConfig;
  /** Absolute path of the file it came from. */
  file: string;
}

/**
 * The project's configuration: the nearest file from `cwd` up to the worktree's top. A configuration may be a program,
 * so it is read here, by the user's own command, and never by the daemon.
 * @throws StyxyError BAD_CONFIG
 */
export async function loadProjectConfig(cwd: string, top: string): Promise<LoadedProject | undefined> {
  // Loading the loader costs more than the whole rest of a run; most projects have no such file.
  if (!hasConfig(cwd, top)) return undefined;
  const [{ cosmiconfig }, { parseProjectConfig, unreadableConfig }] = await Promise.all([
    import('cosmiconfig'),
    import('../settings/parse.ts'),
  ]);
  const search = cosmiconfig('styxy', {
    searchStrategy: 'global',
    stopDir: dirname(top),
    searchPlaces: ['package.json', ...FILES],
  });
  const found = await search.search(cwd).catch((error: unknown) => {
    throw unreadableConfig(error);
  });
  if (!found || found.isEmpty) return undefined;
  return { config: parseProjectConfig(found.config, found.filepath), file: found.filepath };
}

function hasConfig(cwd: string, top: string): boolean {
  for (let folder = cwd; ; folder = dirname(folder)) {
    const names = namesIn(folder);
    if (names.some((name) => FILES.has(name))) return true;
    if (names.includes('package.json') && hasPackageKey(join(folder, 'package.json'))) return true;
    if (folder === top || folder === dirname(folder)) return false;
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
