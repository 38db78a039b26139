import { StyxyError } from '../../base/styxy-error.ts';
import { processOf, type Hold, type ServiceProcess } from '../../domain/lease.ts';
import type { ProcessIdentity } from '../../system/process/identity.ts';
import { sleep } from '../../system/sleep.ts';
import type { ProcessFacts } from '../machine/facts.ts';

/** The kernel closes the files of a dying process before its end can be seen. */
const CHECKS = 25;
const CHECK_EVERY_MS = 20;

/** The process that started a hold's program, where the holder has not said which process it is itself. */
export function starterOf(
  { holder }: Hold,
  pid: number,
  machine: Pick<ProcessFacts, 'starterOf'>,
): ServiceProcess | undefined {
  return holder.kind === 'connection' && holder.pid === undefined ? machine.starterOf(pid) : undefined;
}

/**
 * A held response has ended. If the process that started the program lives on, it has closed the response and did not
 * die: the program is its own to end, and may be the client itself.
 */
export async function starterLives(
  { holder, startedBy }: Hold,
  machine: Pick<ProcessFacts, 'isAlive'>,
): Promise<boolean> {
  const { pid, startTime } = processOf(holder) ?? startedBy ?? {};
  if (pid === undefined || startTime === undefined) return false;
  for (let check = 0; check < CHECKS; check += 1) {
    if (!machine.isAlive({ pid, startTime })) return false;
    await sleep(CHECK_EVERY_MS);
  }
  return true;
}

/** The program of a lease is there, and is that program. */
export function isRunning(
  service: ServiceProcess | undefined,
  { isAlive }: Pick<ProcessFacts, 'isAlive'>,
): boolean {
  if (service?.startTime === undefined) return false;
  return isAlive({ pid: service.pid, startTime: service.startTime });
}

/** The living process with this pid. @throws StyxyError INVALID_REQUEST */
export function requireProcess({ identify }: Pick<ProcessFacts, 'identify'>, pid: number): ProcessIdentity {
  const found = identify(pid);
  if (found) return found;
  throw new StyxyError('INVALID_REQUEST', `process ${pid} is not running`, {
    why: 'a lease can only be kept by a live process',
    details: { pid },
  });
}
