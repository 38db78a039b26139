import { uptime } from 'node:os';
import type { ProcessIdentity } from './identity.ts';
import { bootOffset } from './time-namespace.ts';

/** The kernel counts the starts of processes in hundredths of a second. */
const TICKS_PER_SECOND = 100;

/** Now, to compare with the starts of processes. */
export const momentNow = (): number => uptime() * TICKS_PER_SECOND - bootOffset();

/** A process was there at that moment. Assumed where the system tells start times otherwise (only Linux tells them so). */
export function startedBefore({ startTime }: ProcessIdentity, moment: number): boolean {
  return process.platform !== 'linux' || Number(startTime) < moment;
}
