import { copyFileSync, fstatSync, openSync, statSync, truncateSync, type Stats } from 'node:fs';
import { dirname } from 'node:path';
import { cantWrite } from '../../system/files/cant-write.ts';
import { setAsideIrregular } from '../../system/files/irregular.ts';
import { ensurePrivateFolder } from '../../system/files/private-folder.ts';
import type { Paths } from '../../system/paths.ts';
import { sizeOfLog } from '../../system/service-log.ts';

const LONGEST_BYTES = 10 * 1024 * 1024;
/** How long a log may be too long. ms */
const CHECK_EVERY_MS = 5000;

/**
 * Opens it for a program that only ever appends. A log that has grown long begins anew, and its old text stays in
 * `<file>.1`; the file itself stays the same, since other programs may have it open.
 * @throws StyxyError STATE_UNWRITABLE
 */
export function openServiceLog(paths: Paths, file: string): number {
  for (const folder of new Set([paths.root, paths.home])) ensurePrivateFolder(folder, { followLink: true });
  ensurePrivateFolder(dirname(file), { followLink: false });
  setAsideIrregular([file], paths.backups);
  try {
    beginAnewIfLong(file);
    return openSync(file, 'a', 0o600);
  } catch (error) {
    throw cantWrite(file, error);
  }
}

function beginAnewIfLong(file: string): void {
  if (sizeOfLog(file) <= LONGEST_BYTES) return;
  copyFileSync(file, `${file}.1`);
  truncateSync(file);
}

/**
 * Does the same from time to time while a service runs, if our own output goes to that file. What it prints between the
 * copy and the cut is lost.
 */
export function keepLogShort(file: string): void {
  setInterval(() => {
    try {
      if (isSameFile(fstatSync(1), statSync(file))) beginAnewIfLong(file);
    } catch {
      // It was removed, or the disk is full: the service goes on.
    }
  }, CHECK_EVERY_MS).unref();
}

/** The last lines of a service, as the reason of an error. */
export function lastPrinted(lines: readonly string[]): string {
  if (lines.length === 0) return 'it printed nothing';
  return `the last it printed is\n${lines.map((line) => `    | ${line}`).join('\n')}`;
}

const isSameFile = (one: Stats, other: Stats): boolean => one.ino === other.ino && one.dev === other.dev;
