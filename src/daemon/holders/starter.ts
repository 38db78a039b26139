import type { Lease, ServiceProcess } from '../../domain/lease.ts';
import type { ProcessIdentity } from '../../system/process/identity.ts';
import { sleep } from '../../system/sleep.ts';

/** The kernel closes the files of a dying process before its end can be seen. */
const LOOKS = 25;
const LOOK_EVERY_MS = 20;

export interface StarterFacts {
  identify(pid: number): ProcessIdentity | undefined;
  parentOf(pid: number): number | undefined;
}

/** Who started a program for a lease whose holder has not said which process it is itself. */
export function starterOf({ holder }: Lease, pid: number, facts: StarterFacts): ServiceProcess | undefined {
  if (holder.kind !== 'connection' || holder.pid !== undefined) return undefined;
  const parent = facts.parentOf(pid);
  return parent === undefined ? undefined : facts.identify(parent);
}

/**
 * A held response has ended. If whoever started the lease's program lives on, it has closed the response and did not
 * die: the program is its own to end, and may be the client itself.
 */
export async function livesOn(
  lease: Lease,
  isAlive: (process: ProcessIdentity) => boolean,
): Promise<boolean> {
  const { holder, startedBy, sharing } = lease;
  // What one sharer started is not the next one's.
  if (sharing) return false;
  const { pid, startTime } = holder.kind === 'connection' && holder.pid ? holder : (startedBy ?? {});
  if (pid === undefined || startTime === undefined) return false;
  for (let look = 0; look < LOOKS; look += 1) {
    if (!isAlive({ pid, startTime })) return false;
    await sleep(LOOK_EVERY_MS);
  }
  return true;
}
