import { readTextOrNothing } from '../files/read-text.ts';

/**
 * How far the kernel had got in giving out pids at some moment (Linux): they go up to the largest and begin anew, so
 * what was started after that moment has a pid between `newest` and the newest one of now.
 */
export interface PidMark {
  readonly newest: number;
  /** Processes and threads that were started since the machine began. */
  readonly started: number;
}

/** Whether a process may have been started after a mark, by its pid alone. */
export type MayBeYounger = (pid: number) => boolean;

/** Reads three small files. Undefined where the kernel doesn't tell. */
export function readPidMark(): PidMark | undefined {
  const newest = readNewestPid();
  const started = Number(/^processes (\d+)$/m.exec(readTextOrNothing('/proc/stat') ?? '')?.[1]);
  return newest === undefined || Number.isNaN(started) ? undefined : { newest, started };
}

/** The pid that was given out last. */
export function readNewestPid(): number | undefined {
  const newest = Number((readTextOrNothing('/proc/loadavg') ?? '').trim().split(' ')[4] ?? Number.NaN);
  return Number.isNaN(newest) ? undefined : newest;
}

/**
 * @returns undefined when the pids don't tell: more than half of them were given out since. Those in use
 * are passed over, so the other half may be gone as well.
 */
export function youngerThan(
  mark: PidMark,
  now = readPidMark(),
  largest = readLargestPid(),
): MayBeYounger | undefined {
  if (!now || largest === undefined || now.started - mark.started > largest / 2) return undefined;
  const after = (pid: number): number => (pid - mark.newest + largest) % largest;
  // What is started while the processes are read is younger than `now`.
  const last = after(now.newest) + largest / 8;
  return (pid) => after(pid) > 0 && after(pid) <= last;
}

function readLargestPid(): number | undefined {
  const largest = Number(readTextOrNothing('/proc/sys/kernel/pid_max') ?? Number.NaN);
  return Number.isNaN(largest) ? undefined : largest;
}
