import { StyxyError } from '../../base/styxy-error.ts';
import { processOf, type Hold, type ServiceProcess } from '../../domain/lease.ts';
import { sleep } from '../../system/sleep.ts';
import type { ProcessIdentity } from '../../system/process/identity.ts';
import { isForeignNamespace } from '../../system/process/pid-namespace.ts';
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

/** A process as a client names it. */
export interface NamedProcess {
  process_id?: number | undefined;
  /** What the client's kernel says about its start; not every client tells. */
  process_start?: string | undefined;
  pid_namespace?: string | undefined;
}

/**
 * The living process that a client means; undefined when there is none. In another pid namespace the same number is
 * another process, so that none is known then, and none is ever signalled.
 */
export function namedProcess(
  { identify }: Pick<ProcessFacts, 'identify'>,
  { process_id: pid, process_start: start, pid_namespace: namespace }: NamedProcess,
): ProcessIdentity | undefined {
  if (pid === undefined || isForeignNamespace(namespace)) return undefined;
  const found = identify(pid);
  return start === undefined || found?.startTime === start ? found : undefined;
}

/** The same for a process that has to be there. @throws StyxyError INVALID_REQUEST */
export function requireProcess(
  machine: Pick<ProcessFacts, 'identify'>,
  named: NamedProcess,
): ProcessIdentity {
  const found = namedProcess(machine, named);
  if (found) return found;
  const { process_id: pid, pid_namespace: namespace } = named;
  const details = { pid };
  if (isForeignNamespace(namespace)) {
    throw new StyxyError('INVALID_REQUEST', `process ${pid} can't be followed`, {
      why: 'it runs in another pid namespace (a container, a sandbox) than the daemon, where its number is another process',
      hint: 'hold the lease by `styxy run`, or for a time (--ttl)',
      details,
    });
  }
  throw new StyxyError('INVALID_REQUEST', `process ${pid} is not running`, {
    why: 'only a live process can keep a lease or an instance',
    details,
  });
}
