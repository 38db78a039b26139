import { realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { StyxyError, systemCode } from '../base/styxy-error.ts';
import { namesIn } from '../system/files/names-in.ts';
import { readSmallText } from '../system/files/read-text.ts';
import type { ConfigAccess } from './access.ts';
import { readConfigFile, type FoundConfig } from './read-config.ts';

const EXTENSIONS = ['json', 'yaml', 'yml', 'js', 'mjs', 'cjs', 'ts', 'mts'];
const FILES = ['.styxyrc', ...EXTENSIONS.flatMap((each) => [`.styxyrc.${each}`, `styxy.config.${each}`])];
const PACKAGE = 'package.json';

/**
 * The nearest configuration from `cwd` up to the worktree's top. A configuration may be a program, so it is read here,
 * by the user's own command or test, and never by the daemon.
 * @param access whether one that is a program may be run
 * @throws StyxyError BAD_CONFIG when it can't be read or evaluated
 */
export async function findProjectConfig(
  cwd: string,
  top: string,
  access: ConfigAccess,
): Promise<FoundConfig | undefined> {
  for (const file of filesUp(cwd, top)) {
    const found = await readConfigFile(file, access).catch(unlessGone);
    if (found) return found;
  }
  return undefined;
}

/** It was removed since its folder was read, or belongs to somebody who lets nobody read it. */
function unlessGone(error: unknown): undefined {
  const cause = error instanceof StyxyError ? error.cause : error;
  if (!['ENOENT', 'EISDIR', 'EACCES'].includes(systemCode(cause) ?? '')) throw error;
}

/** Files that may hold a configuration, the nearest first. */
function filesUp(cwd: string, top: string): string[] {
  const found: string[] = [];
  for (let folder = realPath(cwd); ; folder = dirname(folder)) {
    const names = new Set(namesIn(folder));
    found.push(...FILES.filter((name) => names.has(name)).map((name) => join(folder, name)));
    if (names.has(PACKAGE) && hasPackageKey(join(folder, PACKAGE))) found.push(join(folder, PACKAGE));
    if (folder === top || folder === dirname(folder)) return found;
  }
}

function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return path;
  }
}

const hasPackageKey = (file: string): boolean => /"styxy"\s*:\s*\{/.test(readSmallText(file) ?? '');
