import { readLinuxRow } from '../system/process/linux-row.ts';
import { pidNamespace } from '../system/process/pid-namespace.ts';

/** How a request names a process of this machine: a pid alone is another process elsewhere, and later. */
export interface NamedProcess {
  process_id?: number | undefined;
  process_start?: string;
  pid_namespace?: string;
}

/** @param pid the process to name; without one, only where the pids of the request come from is told */
export function nameProcess(pid?: number): NamedProcess {
  const pid_namespace = pidNamespace();
  // Only Linux has these namespaces. Elsewhere the start time costs a `ps`.
  const process_start = pid_namespace && pid ? readLinuxRow(pid)?.startTime : undefined;
  return {
    process_id: pid,
    ...(process_start !== undefined && { process_start }),
    ...(pid_namespace !== undefined && { pid_namespace }),
  };
}
