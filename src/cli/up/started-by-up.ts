import { recallStart } from '../../run/child/service-start.ts';
import { serviceLogPath } from '../../system/service-log.ts';
import type { Paths } from '../../system/paths.ts';

interface Held {
  project: string | null | undefined;
  name: string;
  /** Of the holder of its lease. */
  pid: number | null | undefined;
}

/** `styxy up` has started the wrapper that holds the service's lease. */
export function isStartedByUp(paths: Paths, { project, name, pid }: Held): boolean {
  if (typeof project !== 'string') return false;
  const start = recallStart(serviceLogPath(paths, project, name));
  return start?.flags.up !== undefined && start.pid === pid;
}
