import { createHash } from 'node:crypto';
import {
  closeSync,
  copyFileSync,
  existsSync,
  fstatSync,
  openSync,
  readdirSync,
  readSync,
  statSync,
  truncateSync,
  type Stats,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { messageOf, StyxyError, systemCode } from '../../base/styxy-error.ts';
import { setAsideIrregular } from '../../system/files/irregular.ts';
import { ensurePrivateFolder } from '../../system/files/private-folder.ts';
import type { Paths } from '../../system/paths.ts';

const LONGEST_BYTES = 10 * 1024 * 1024;
/** How long a log may be too long. ms */
const CHECK_EVERY_MS = 5000;
const LONGEST_TAIL_BYTES = 256 * 1024;

/** Where the output of a service goes that was started with `--detach`: one file for each service of each worktree. */
export function serviceLogPath({ home }: Paths, project: string, service: string): string {
  const name = service.replaceAll(/[^\w.-]/g, '_').slice(0, 64);
  return join(home, 'logs', 'services', name + endOf(project));
}

const endOf = (project: string): string =>
  `-${createHash('sha256').update(project).digest('hex').slice(0, 12)}.log`;

interface ServiceLog {
  /** Of the service. */
  name: string;
  file: string;
}

/** The logs of all services of a worktree. */
export function serviceLogsOf(paths: Paths, project: string): ServiceLog[] {
  return allServiceLogs(paths).filter(({ file }) => file.endsWith(endOf(project)));
}

/** The logs of all services of all worktrees. */
export function allServiceLogs({ home }: Paths): ServiceLog[] {
  const folder = join(home, 'logs', 'services');
  const files = existsSync(folder) ? readdirSync(folder).toSorted() : [];
  return files.flatMap((each) => {
    const name = /^(.+)-[0-9a-f]{12}\.log$/.exec(each)?.[1];
    return name === undefined ? [] : [{ name, file: join(folder, each) }];
  });
}

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
    throw new StyxyError('STATE_UNWRITABLE', `can't write ${file}`, {
      why: messageOf(error),
      hint: systemCode(error) === 'ENOSPC' ? 'free some disk space' : undefined,
      cause: error,
    });
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

const isSameFile = (one: Stats, other: Stats): boolean => one.ino === other.ino && one.dev === other.dev;

export function sizeOfLog(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** The last lines written behind `from` (a size it had before), of at most the last 256 KiB. */
export function tailOfLog(file: string, count: number, from = 0): string[] {
  const size = sizeOfLog(file);
  const begin = from > size ? 0 : from;
  const text = readLog(file, Math.max(begin, size - LONGEST_TAIL_BYTES), size).toString('utf8');
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return count === 0 ? [] : lines.slice(-count);
}

/** The bytes from one position to another; fewer when the file has become shorter, none when it is gone. */
export function readLog(file: string, from: number, to: number): Buffer {
  let fd: number;
  try {
    fd = openSync(file, 'r');
  } catch {
    return Buffer.alloc(0);
  }
  try {
    const bytes = Buffer.alloc(Math.max(0, to - from));
    let read = 0;
    while (read < bytes.length) {
      const count = readSync(fd, bytes, read, bytes.length - read, from + read);
      if (count === 0) break;
      read += count;
    }
    return bytes.subarray(0, read);
  } finally {
    closeSync(fd);
  }
}
