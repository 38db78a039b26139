import type { Paths } from '../system/paths.ts';
import { readPidFile, type PidFile } from '../system/pid-file.ts';

/** The daemon of this home, living or not, as far as `daemon.pid` can be read. */
export function locateDaemon({ pid }: Pick<Paths, 'pid'>): PidFile | undefined {
  try {
    return readPidFile(pid);
  } catch {
    return undefined;
  }
}

/** `daemon.pid` knows better when the daemon could not bind its socket in the home. */
export function locateSocket(paths: Paths): string {
  return (process.platform === 'win32' ? undefined : locateDaemon(paths)?.socket) ?? paths.socket;
}
