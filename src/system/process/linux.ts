import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { readTextOrNothing } from '../files/read-text.ts';
import { findAllMarked } from './linux-marked.ts';
import { parseBootTime, parseCommandLine, pidsIn, parseStat, parseStatus, startedAt } from './proc-stat.ts';
import type { ProcessDescription, ProcessIdentity, ProcessRow, ProcessTable } from './process-table.ts';
import { userNames } from './users.ts';

/** Linux: everything is a small file in /proc, at some 20 microseconds each. */
export const linuxTable: ProcessTable = {
  read,
  readAll: () =>
    pidsIn(readdirSync('/proc'))
      .map(read)
      .filter((row) => row !== undefined),
  // Only kernels with CONFIG_PROC_CHILDREN have these files.
  view: () => (existsSync('/proc/thread-self/children') ? { read, childrenOf } : undefined),
  findAllMarked: (name, isCandidate) => findAllMarked(name, identify, isCandidate),
  describer,
  bootId,
};

function read(pid: number): ProcessRow | undefined {
  const line = readTextOrNothing(`/proc/${pid}/stat`);
  return line === undefined ? undefined : parseStat(line);
}

/** Each thread lists the children that it made itself. */
function childrenOf(pid: number): number[] {
  const folder = `/proc/${pid}/task`;
  return namesIn(folder).flatMap((thread) =>
    pidsIn((readTextOrNothing(`${folder}/${thread}/children`) ?? '').split(' ')),
  );
}

function identify(pid: number): ProcessIdentity | undefined {
  const row = read(pid);
  return row && { pid, startTime: row.startTime };
}

function describer(): (pid: number) => ProcessDescription | undefined {
  const userOf = userNames();
  const bootTime = parseBootTime(readTextOrNothing('/proc/stat') ?? '');
  return (pid) => {
    const status = readTextOrNothing(`/proc/${pid}/status`);
    const row = read(pid);
    if (status === undefined || row === undefined) return undefined;
    const { name, uid } = parseStatus(status);
    return {
      pid,
      command: parseCommandLine(readTextOrNothing(`/proc/${pid}/cmdline`) ?? '') || name,
      cwd: targetOf(`/proc/${pid}/cwd`),
      user: uid === null ? null : userOf(uid),
      startedAt: startedAt(row.startTime, bootTime),
    };
  };
}

/** @throws Error where the kernel tells neither its boot id nor when it started. */
function bootId(): string {
  const id = readTextOrNothing('/proc/sys/kernel/random/boot_id')?.trim();
  // Some sandboxes have no boot id, but say when they started, in seconds since the epoch.
  const bootId = id ?? parseBootTime(readTextOrNothing('/proc/stat') ?? '')?.toString();
  if (bootId === undefined) throw new Error('/proc has neither a boot id nor a boot time');
  return bootId;
}

function namesIn(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function targetOf(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}
