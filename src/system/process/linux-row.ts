import { readTextOrNothing } from '../files/read-text.ts';
import { parseStat } from './proc-stat.ts';
import type { ProcessRow } from './process-table.ts';

/** One process of Linux, without what else the table of processes can do. */
export function readLinuxRow(pid: number): ProcessRow | undefined {
  const line = readTextOrNothing(`/proc/${pid}/stat`);
  return line === undefined ? undefined : parseStat(line);
}
