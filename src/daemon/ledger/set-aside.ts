import { copyFileSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';

const COPIES_KEPT = 10;

/**
 * Keeps a file in the folder of backups, under its name, a word for what was wrong with it, and the time. The oldest
 * of its kind make room: ten are kept.
 * @param how `copy` leaves the file where it is, `move` takes it away (which needs no right to read it)
 * @returns where it is kept
 * @throws the system's error
 */
export function keepAside(file: string, folder: string, wrong: string, how: 'copy' | 'move'): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const prefix = `${basename(file)}.${wrong}-`;
  const kept = join(folder, `${prefix}${new Date().toISOString().replaceAll(':', '-')}`);
  if (how === 'copy') copyFileSync(file, kept);
  else renameSync(file, kept);
  const older = readdirSync(folder)
    .filter((name) => name.startsWith(prefix))
    .toSorted();
  for (const name of older.slice(0, -COPIES_KEPT)) {
    rmSync(join(folder, name), { force: true, recursive: true });
  }
  return kept;
}
