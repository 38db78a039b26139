import { readTextOrNothing } from '../files/read-text.ts';
import { parseStat } from './proc-stat.ts';
import type { ProcessRow } from './process-table.ts';
import { bootOffset } from './time-namespace.ts';

/** One process of Linux, without what else the table of processes can do. The same in every time namespace. */
export function readLinuxRow(pid: number): ProcessRow | undefined {
  const line = readTextOrNothing(`/proc/${pid}/stat`);
  const row = line === undefined ? undefined : parseStat(line);
  const offset = bootOffset();
  return row && offset !== 0 ? { ...row, startTime: String(Number(row.startTime) - offset) } : row;
}
