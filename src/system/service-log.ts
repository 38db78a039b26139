import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { namesIn } from './files/names-in.ts';
import { readTextOrNothing } from './files/read-text.ts';
import { type Paths, serviceLogFolder } from './paths.ts';

const LONGEST_TAIL_BYTES = 256 * 1024;

/** Where the output of a service goes that was started with `--detach`: one file for each service of each worktree. */
export function serviceLogPath(paths: Pick<Paths, 'home'>, project: string, service: string): string {
  const name = service.replaceAll(/[^\w.-]/g, '_').slice(0, 64);
  return join(serviceLogFolder(paths), name + endOf(project));
}

const endOf = (project: string): string =>
  `-${createHash('sha256').update(project).digest('hex').slice(0, 12)}.log`;

/** How the service of a log was started stands beside it. */
export const startFileOf = (log: string): string => log.replace(/\.log$/, '.start.json');

/**
 * Where a service prints: into its own log, or into that of the run in which another service was named first.
 * @param isItsRun whether the run with this pid is the one that is meant
 */
export function logInUse(own: string, isItsRun: (pid: number) => boolean): string {
  try {
    const start = JSON.parse(readTextOrNothing(startFileOf(own)) ?? '') as { pid: number; log?: string };
    // Never in another folder, whatever the file says.
    return start.log !== undefined && isItsRun(start.pid) ? join(dirname(own), basename(start.log)) : own;
  } catch {
    return own;
  }
}

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
export function allServiceLogs(paths: Pick<Paths, 'home'>): ServiceLog[] {
  const folder = serviceLogFolder(paths);
  const files = namesIn(folder).toSorted();
  return files.flatMap((each) => {
    const name = /^(.+)-[0-9a-f]{12}\.log$/.exec(each)?.[1];
    return name === undefined ? [] : [{ name, file: join(folder, each) }];
  });
}

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
  // What stands in its place and is no file has no size, and opening a pipe would wait for a writer.
  if (to <= from) return Buffer.alloc(0);
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

export interface LogPart {
  readonly lines: string[];
  /** Where the next part begins: behind the last whole line. */
  readonly next: number;
}

/** The whole lines behind `from`, of at most the last 256 KiB; from the begin when the log was begun anew. */
export function partOfLog(file: string, from: number): LogPart {
  const size = sizeOfLog(file);
  const begin = Math.max(from > size ? 0 : from, size - LONGEST_TAIL_BYTES);
  const bytes = readLog(file, begin, size);
  const end = bytes.lastIndexOf('\n') + 1;
  const lines = bytes.subarray(0, end).toString('utf8').split('\n');
  lines.pop();
  return { lines, next: begin + end };
}
