import { systemCode } from '../../base/styxy-error.ts';
import { processTable } from './platform-table.ts';
import type { ProcessDescription, ProcessIdentity } from './process-table.ts';

export type { ProcessDescription, ProcessIdentity } from './process-table.ts';

/** The living process with this pid. A zombie is not living. 20 us on Linux; elsewhere it blocks for a `ps`. */
export function identify(pid: number): ProcessIdentity | undefined {
  if (!isPid(pid)) return undefined;
  const row = processTable().read(pid);
  return row && { pid, startTime: row.startTime };
}

/** Exactly this process is still running. */
export function isAlive(identity: ProcessIdentity): boolean {
  return exists(identity.pid) && identify(identity.pid)?.startTime === identity.startTime;
}

/** Some process, perhaps a zombie, has this pid; 2 us everywhere. */
export function exists(pid: number): boolean {
  if (!isPid(pid)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: another user's process, so there is one.
    return systemCode(error) === 'EPERM';
  }
}

/** Changes with every start of the machine, and only then. @throws Error where the system doesn't tell. */
export function bootId(): string {
  return processTable().bootId();
}

/** What people know a living process by; null for what this user may not see. */
export function describeProcess(pid: number): ProcessDescription | undefined {
  return processDescriber()(pid);
}

/** How long a living process has been running, ms, right to a second or two; undefined where the system doesn't tell. */
export function ageOf({ pid }: Pick<ProcessIdentity, 'pid'>): number | undefined {
  const startedAt = describeProcess(pid)?.startedAt;
  return startedAt ? Date.now() - Date.parse(startedAt) : undefined;
}

/** The same for several processes in a row. */
export function processDescriber(): (pid: number) => ProcessDescription | undefined {
  const describe = processTable().describer();
  return (pid) => (isPid(pid) ? describe(pid) : undefined);
}

/** To kill(2), 0 and negative numbers are groups of processes. */
function isPid(pid: number): boolean {
  return Number.isInteger(pid) && pid > 0;
}
