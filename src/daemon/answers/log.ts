import { StyxyError } from '../../base/styxy-error.ts';
import type { LogAnswer } from '../../protocol/answers/status.ts';
import type { LogQuery } from '../../protocol/requests/queries.ts';
import { logInUse, partOfLog, serviceLogPath, sizeOfLog } from '../../system/service-log.ts';
import type { Core } from '../core.ts';

const LINES = 500;

export interface LogContext extends Pick<Core, 'state'> {
  /** The daemon's own folder, the only one that a log is read from. */
  readonly home: string;
}

/** @throws StyxyError LEASE_NOT_FOUND, NOT_LOGGED */
export function readServiceLog(
  { state, home }: LogContext,
  lockId: string,
  { from, lines: most = LINES }: LogQuery = {},
): LogAnswer {
  const lease = state.leases.get(lockId);
  if (!lease) throw new StyxyError('LEASE_NOT_FOUND', `there is no lease "${lockId}"`);
  const name = lease.name ?? lease.type;
  const { project, holder } = lease.holds[0];
  const isItsRun = (pid: number): boolean => 'pid' in holder && holder.pid === pid;
  // Without a project its run alone knows the folder that the name is made of.
  const log = project === undefined ? undefined : logInUse(serviceLogPath({ home }, project, name), isItsRun);
  if (log === undefined || sizeOfLog(log) === 0) {
    throw new StyxyError('NOT_LOGGED', `there is no output of "${name}"`, {
      why: 'it has printed nothing yet, or what it prints goes to where it was started',
    });
  }
  const { lines, next } = partOfLog(log, from ?? 0);
  return { service_name: name, log, lines: most === 0 ? [] : lines.slice(-most), next };
}
