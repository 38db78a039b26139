import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { ProjectConfig } from '../settings/schema.ts';
import { speaksHttp } from '../settings/service-address.ts';
import { readSmallText } from '../system/files/read-text.ts';
import { namesWorkspaces, type Worktree } from '../system/worktree.ts';

/** What the host names of a worktree's services are made from. */
export interface NameParts {
  project: string;
  branch?: string;
  alone?: boolean;
}

interface Asked {
  worktree: Worktree;
  config: ProjectConfig | undefined;
  env: NodeJS.ProcessEnv;
  /** The service, where it may be the only one: by its name, and the folder of its package. */
  service?: { name: string; folder: string } | undefined;
}

const LONGEST = 256;

/** @returns undefined where no names are wanted: `STYXY_NAMES=0`, or `"names": false` in the project's configuration */
export function namePartsOf({ worktree, config, env, service }: Asked): NameParts | undefined {
  if (env.STYXY_NAMES === '0' || config?.names === false) return undefined;
  const { path, branch, isLinked } = worktree;
  const own = readSmallText(join(path, 'package.json'));
  const isAlone = service !== undefined && isOnly(service, config) && !isWorkspace(own, path);
  return {
    project: clean(shortName(nameIn(own)) ?? folderName(worktree)),
    ...(isLinked && { branch: clean(branch ?? basename(path)) }),
    ...(isAlone && { alone: true }),
  };
}

/** As it may be told to the daemon. */
const clean = (text: string): string =>
  text.replaceAll(/[\u0000-\u001f\u007f]/g, '-').slice(0, LONGEST) || 'app';

function nameIn(text: string | undefined): unknown {
  try {
    return text && (JSON.parse(text.replace(/^\uFEFF/, '')) as { name?: unknown } | null)?.name;
  } catch {
    return undefined;
  }
}

/** `@acme/shop` is called `shop`. */
function shortName(name: unknown): string | undefined {
  return typeof name === 'string' ? name.replace(/^.*\//s, '').trim() || undefined : undefined;
}

/** Of a linked worktree the folder is called after a branch; the repository's is the project's. */
function folderName({ path, isLinked, repository }: Worktree): string {
  if (!isLinked || repository === null) return basename(path);
  const name = basename(repository).replace(/\.git$/, '');
  // A bare repository in a folder like `.bare`, among its worktrees.
  return name.startsWith('.') || name === '' ? basename(dirname(repository)) : name;
}

function isOnly(
  { name, folder }: { name: string; folder: string },
  config: ProjectConfig | undefined,
): boolean {
  if (!config?.services) return folder === '';
  const web = Object.entries(config.services).filter(([, { type = 'dev' }]) => speaksHttp(type));
  return web.length === 1 && web[0]?.[0] === name;
}

const isWorkspace = (own: string | undefined, path: string): boolean =>
  namesWorkspaces(own) || existsSync(join(path, 'pnpm-workspace.yaml'));
