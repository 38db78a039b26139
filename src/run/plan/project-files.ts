import { readdirSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';

/** Larger files are no scripts. */
const LARGEST = 1_000_000;

/** The text of a file beside a command; undefined when it is none that can be read. */
export function readProjectFile(cwd: string, path: string): string | undefined {
  const file = resolve(cwd, path);
  try {
    const stat = statSync(file);
    return stat.isFile() && stat.size <= LARGEST ? readFileSync(file, 'utf8') : undefined;
  } catch {
    return undefined;
  }
}

/** The names of the folders in a folder; none when it can't be read. */
export function subfolders(cwd: string, path: string): string[] {
  try {
    const entries = readdirSync(resolve(cwd, path), { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch {
    return [];
  }
}
