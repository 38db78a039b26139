import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { textEntries } from '../../../tools/project.ts';
import { readProjectFile } from '../project-files.ts';

/** A package.json, as far as it says how to run its scripts. */
export interface Package {
  folder: string;
  scripts: Record<string, string>;
  /** `packageManager` or `devEngines.packageManager`: only the name. */
  manager: string | undefined;
}

/** The nearest package.json upwards from a folder, not above `top`; undefined also when that one is not sound. */
export function nearestPackage(cwd: string, top: string): Package | undefined {
  const folder = foldersUp(cwd, top).find((each) => existsSync(join(each, 'package.json')));
  return folder === undefined ? undefined : readPackage(folder);
}

/** A folder and those around it, up to `top`; the folder alone when it does not lie in `top`. */
export function foldersUp(folder: string, top: string): string[] {
  const folders = [resolve(folder)];
  for (let up = folders[0]!; up !== top && up !== dirname(up);) folders.push((up = dirname(up)));
  return folders.at(-1) === top ? folders : folders.slice(0, 1);
}

export const readPackage = (folder: string): Package | undefined =>
  parsePackage(folder, readProjectFile(folder, 'package.json') ?? '');

/** @param text of its package.json */
export function parsePackage(folder: string, text: string): Package | undefined {
  try {
    const content = JSON.parse(text.replace(/^\uFEFF/, '')) as {
      scripts?: unknown;
      packageManager?: unknown;
      devEngines?: { packageManager?: { name?: unknown } };
    };
    const manager = content.packageManager ?? content.devEngines?.packageManager?.name;
    return {
      folder,
      scripts: textEntries(content.scripts),
      manager: typeof manager === 'string' ? manager.replace(/@.*$/s, '') : undefined,
    };
  } catch {
    return undefined;
  }
}
