import { readTextOrNothing } from '../files/read-text.ts';

/** A process stays in its namespace until it starts another program: unshare(2) moves only the children that it has later. */
const OWN =
  process.platform === 'linux' ? parseBootOffset(readTextOrNothing('/proc/self/timens_offsets')) : 0;

/**
 * By how much the time since the machine's start differs here from what the machine itself counts (Linux,
 * time_namespaces(7)). All that the kernel tells by that clock is told with it: when a process started, for instance.
 * Hundredths of a second.
 */
export const bootOffset = (): number => OWN;

/** @param text of a /proc/PID/timens_offsets: `boottime <seconds> <nanoseconds>` */
export function parseBootOffset(text: string | undefined): number {
  const [, seconds = 0, nanoseconds = 0] = /^boottime\s+(-?\d+)\s+(\d+)$/m.exec(text ?? '') ?? [];
  return Number(seconds) * 100 + Math.floor(Number(nanoseconds) / 10_000_000);
}
