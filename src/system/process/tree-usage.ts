import { readTextOrNothing } from '../files/read-text.ts';
import { snapshotTree } from './tree.ts';

/** In which /proc counts processor time, on every system that Node runs on. ms */
const TICK_MS = 10;

export interface TreeUsage {
  readonly processes: number;
  /** Resident bytes. */
  readonly memory: number;
  readonly cpuMs: number;
}

/** What a process and all that it has started use. Linux only; elsewhere, and of a process that has ended, undefined. */
export function usageOfTree(pid: number): TreeUsage | undefined {
  if (process.platform !== 'linux') return undefined;
  const used = snapshotTree(pid).flatMap((each) => usageOf(each.pid) ?? []);
  if (used.length === 0) return undefined;
  return {
    processes: used.length,
    memory: used.reduce((sum, { memory }) => sum + memory, 0),
    cpuMs: used.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
  };
}

/** proc(5): behind the name, which may hold anything, utime and stime are the 12th and 13th field. */
function usageOf(pid: number): Pick<TreeUsage, 'memory' | 'cpuMs'> | undefined {
  const [stat, status] = [readTextOrNothing(`/proc/${pid}/stat`), readTextOrNothing(`/proc/${pid}/status`)];
  if (stat === undefined || status === undefined) return undefined;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const resident = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? '0';
  return { memory: Number(resident) * 1024, cpuMs: (Number(fields[11]) + Number(fields[12])) * TICK_MS };
}
