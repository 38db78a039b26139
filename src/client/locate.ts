import { StyxyError } from '../base/styxy-error.ts';
import { ownNetwork } from '../system/network-namespace.ts';
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

/**
 * `daemon.pid` knows better when the daemon could not bind its socket in the home.
 * @throws StyxyError DAEMON_UNREACHABLE when its ports are another machine's
 */
export function locateSocket(paths: Paths): string {
  if (process.platform === 'win32') return paths.socket;
  const daemon = locateDaemon(paths);
  if (daemon?.network !== undefined && daemon.network !== (ownNetwork() ?? daemon.network))
    throw elsewhere(daemon);
  return daemon?.socket ?? paths.socket;
}

/** Two networks have begun to use this home at the same moment; from now on each has its own folder there. */
function elsewhere({ pid, network }: PidFile): StyxyError {
  return new StyxyError('DAEMON_UNREACHABLE', 'the daemon of this home gives ports of another network', {
    why: `it (pid ${pid}) runs in the network namespace ${network}, this command in ${ownNetwork()}`,
    hint: 'run the command again: it will have a daemon of its own',
  });
}
