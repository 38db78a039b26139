import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { namesIn } from '../files/names-in.ts';
import { readTextOrNothing } from '../files/read-text.ts';
import { linuxBootId } from './linux-boot-id.ts';
import { findAllMarked } from './linux-marked.ts';
import { readLinuxRow } from './linux-row.ts';
import { parseBootTime, parseCommandLine, pidsIn, parseStatus, startedAt } from './proc-stat.ts';
import type { ProcessDescription, ProcessIdentity, ProcessTable } from './process-table.ts';
import { bootOffset } from './time-namespace.ts';
import { userNames } from './users.ts';

/** Linux: everything is a small file in /proc, at some 20 microseconds each. */
export const linuxTable: ProcessTable = {
  read: readLinuxRow,
  readAll: () =>
    pidsIn(readdirSync('/proc'))
      .map(readLinuxRow)
      .filter((row) => row !== undefined),
  // Only kernels with CONFIG_PROC_CHILDREN have these files.
  view: () => (existsSync('/proc/thread-self/children') ? { read: readLinuxRow, childrenOf } : undefined),
  findAllMarked: (name, isCandidate) => findAllMarked(name, identify, isCandidate),
  describer,
  bootId: linuxBootId,
};

/** Each thread lists the children that it made itself. */
function childrenOf(pid: number): number[] {
  const folder = `/proc/${pid}/task`;
  return namesIn(folder).flatMap((thread) =>
    pidsIn((readTextOrNothing(`${folder}/${thread}/children`) ?? '').split(' ')),
  );
}

function identify(pid: number): ProcessIdentity | undefined {
  const row = readLinuxRow(pid);
  return row && { pid, startTime: row.startTime };
}

function describer(): (pid: number) => ProcessDescription | undefined {
  const userOf = userNames();
  const bootTime = parseBootTime(readTextOrNothing('/proc/stat') ?? '', bootOffset());
  return (pid) => {
    const status = readTextOrNothing(`/proc/${pid}/status`);
    const row = readLinuxRow(pid);
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

function targetOf(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}
