import { copyFileSync, linkSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { systemCode } from '../../base/styxy-error.ts';
import { makeFolder } from './make-folder.ts';

/**
 * Keeps what a file holds now, as `<to>.<time>`, for one who is about to replace it by another file. It becomes a
 * second name of the same file: complete at once and as durable as the file itself, while a copy could be caught half.
 * @returns its path; nothing is kept of a file that is not there
 */
export function backUp(file: string, to: string, now: Date): string | undefined {
  makeFolder(dirname(to));
  for (let time = now.getTime(); ; time++) {
    const backup = `${to}.${stampOf(new Date(time))}`;
    try {
      linkOrCopy(file, backup);
      return backup;
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return undefined;
      // Another one of the same millisecond.
      if (systemCode(error) !== 'EEXIST') throw error;
    }
  }
}

/**
 * Keeps a damaged file in the folder of backups, as `<name>.<wrong>-<time>`, with nine older ones of its kind.
 * @param how `copy` leaves the file where it is, `move` takes it away (which needs no right to read it)
 * @returns where it is kept
 * @throws the system's error
 */
export function setAside(file: string, folder: string, wrong: string, how: 'copy' | 'move'): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const prefix = join(folder, `${basename(file)}.${wrong}-`);
  const kept = `${prefix}${stampOf(new Date())}`;
  if (how === 'copy') copyFileSync(file, kept);
  else renameSync(file, kept);
  prune(prefix);
  return kept;
}

/** Removes all but the ten youngest backups `<of>.<time>`. */
export const pruneBackups = (of: string): void => prune(`${of}.`);

const KEPT = 10;
const STAMP = /^\d{4}-\d\d-\d\dT[\d-]+\.\d+Z$/;
/** A time as a part of a file's name, in which Windows allows no colon. */
const stampOf = (time: Date): string => time.toISOString().replaceAll(':', '-');

/** Of all files `<prefix><time>`. What was set aside may be a folder. */
function prune(prefix: string): void {
  const folder = dirname(prefix);
  const start = basename(prefix);
  const names = readdirSync(folder).filter(
    (name) => name.startsWith(start) && STAMP.test(name.slice(start.length)),
  );
  for (const name of names.toSorted().slice(0, -KEPT))
    rmSync(join(folder, name), { recursive: true, force: true });
}

/** Some file systems have one name for each file only, and none has names across its border. */
function linkOrCopy(file: string, backup: string): void {
  try {
    linkSync(file, backup);
  } catch (error) {
    if (!['EXDEV', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(systemCode(error) ?? '')) {
      throw error;
    }
    copyFileSync(file, backup);
  }
}
