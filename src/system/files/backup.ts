import { copyFileSync, linkSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { systemCode } from '../../base/styxy-error.ts';

/**
 * Keeps what a file holds now, as `<to>.<time>`, for one who is about to replace it by another file. It becomes a
 * second name of the same file: complete at once and as durable as the file itself, while a copy could be caught half.
 * @returns its path; nothing is kept of a file that is not there
 */
export function backUp(file: string, to: string, now: Date): string | undefined {
  mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
  for (let time = now.getTime(); ; time++) {
    const backup = `${to}.${new Date(time).toISOString().replaceAll(':', '-')}`;
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

/** Removes all but the youngest backups `<of>.<time>`. */
export function pruneBackups(of: string, kept: number): void {
  const folder = dirname(of);
  const prefix = `${basename(of)}.`;
  const isBackup = (name: string): boolean =>
    name.startsWith(prefix) && /^\d{4}-\d\d-\d\dT[\d-]+\.\d+Z$/.test(name.slice(prefix.length));
  const backups = readdirSync(folder).filter(isBackup).toSorted();
  for (const name of backups.slice(0, -kept)) rmSync(join(folder, name), { force: true });
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
