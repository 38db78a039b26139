import type { Paths } from '../system/paths.ts';
import { readPidFile, type PidFile } from '../system/pid-file.ts';

/** Who is or was the daemon of this home, as far as `daemon.pid` can be read. */
export function daemonIn({ pid }: Pick<Paths, 'pid'>): PidFile | undefined {
  try {
    return readPidFile(pid);
  } catch {
    return undefined;
  }
}

/** `daemon.pid` knows better when the daemon could not bind its socket in the home. */
export function socketOf(paths: Paths): string {
  return (process.platform === 'win32' ? undefined : daemonIn(paths)?.socket) ?? paths.socket;
}
