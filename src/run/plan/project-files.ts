import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { readSmallText } from '../../system/files/read-text.ts';

/** The text of a file beside a command; undefined when it is none that can be read. */
export const readProjectFile = (cwd: string, path: string): string | undefined =>
  readSmallText(resolve(cwd, path));

/** The names of the folders in a folder; none when it can't be read. */
export function subfolders(cwd: string, path: string): string[] {
  try {
    const entries = readdirSync(resolve(cwd, path), { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch {
    return [];
  }
}
