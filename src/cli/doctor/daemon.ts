import type { StatusAnswer } from '../../protocol/answers/status.ts';
import { compareVersions } from '../../protocol/version.ts';
import type { PidFile } from '../../system/pid-file.ts';
import type { RunState } from '../../system/process/run-state.ts';
import { repairsOf } from './repairs.ts';
import { advice, failed, fine, type Check } from './check.ts';

/** What `daemon.pid` says, and whether it is true. */
export interface LockFacts {
  /** The machine of its daemon, when that is another one with which the disk is shared. */
  elsewhere?: string | undefined;
  /** There is such a file. */
  exists: boolean;
  /** undefined: it can't be understood. */
  file: PidFile | undefined;
  /** The very process it names lives. */
  isAlive: boolean;
  state: RunState | undefined;
}

/** What came back from the daemon's socket. */
export type SocketFacts = { path: string } & (
  | { answer: 'status'; ms: number; status: StatusAnswer }
  | { answer: 'silence' }
  | { answer: 'nobody'; exists: boolean }
  | { answer: 'error'; message: string }
);

export function checkLock({ elsewhere, exists, file, isAlive, state }: LockFacts): Check {
  if (!exists) return fine('lock', 'no daemon runs: it starts by itself when it is needed');
  if (!file) return failed('lock', 'daemon.pid can not be understood', 'styxy daemon start writes it anew');
  const { pid, version, started_at } = file;
  if (elsewhere !== undefined) {
    return failed(
      'lock',
      `the daemon that uses this home (pid ${pid}) runs on another machine: ${elsewhere}`,
      'point STYXY_HOME to a folder that belongs to this machine alone',
    );
  }
  if (!isAlive) {
    return failed(
      'lock',
      `the daemon that daemon.pid names (pid ${pid}, version ${version}) is gone without a word: killed, or crashed`,
      'styxy daemon start: the next daemon takes over its leases; styxy daemon logs shows its last words',
    );
  }
  if (state === 'traced')
    return failed('lock', `a debugger holds the daemon (pid ${pid})`, 'let it go on, or end the debugger');
  if (state === 'stopped')
    return failed('lock', `the daemon (pid ${pid}) is stopped`, `kill -CONT ${pid}, or styxy daemon restart`);
  return fine('lock', `held by the daemon (pid ${pid}, version ${version}) since ${started_at}`);
}

export function checkSocket(socket: SocketFacts, isDaemonAlive: boolean): Check {
  const { path } = socket;
  if (socket.answer === 'error')
    return failed('socket', socket.message, `allow this program to use the socket ${path}`);
  if (socket.answer === 'silence') {
    return failed(
      'socket',
      `something holds ${path} and does not answer`,
      'styxy daemon restart: it is ended, and its leases are kept',
    );
  }
  if (socket.answer === 'status') {
    if (isDaemonAlive) return fine('socket', `answers in ${Math.round(socket.ms)} ms at ${path}`);
    const { pid } = socket.status;
    return failed(
      'socket',
      `a daemon (pid ${pid}) answers at ${path} without holding the lock`,
      `kill ${pid}, then styxy daemon start`,
    );
  }
  if (!isDaemonAlive)
    return fine(
      'socket',
      socket.exists ? `${path} was left behind; the next daemon replaces it` : 'no daemon runs',
    );
  return socket.exists
    ? failed('socket', `the daemon lives, and nobody listens at ${path}`, 'styxy daemon restart')
    : failed(
        'socket',
        `the daemon lives, and its socket ${path} is gone`,
        'styxy daemon start has it made again',
      );
}

/** @param daemon undefined when none runs */
export function checkVersions(
  own: { version: string; protocol: number },
  daemon: { version: string; protocol: number | undefined } | undefined,
): Check {
  if (!daemon) return fine('versions', `this styxy is ${own.version} (protocol ${own.protocol})`);
  const both = `this styxy is ${own.version} (protocol ${own.protocol}), the daemon ${daemon.version}`;
  if (daemon.protocol !== undefined && daemon.protocol !== own.protocol) {
    return failed(
      'versions',
      `${both} (protocol ${daemon.protocol})`,
      'styxy daemon restart with the newer of the two',
    );
  }
  const difference = compareVersions(daemon.version, own.version);
  if (difference < 0) return advice('versions', both, 'styxy daemon restart: leases are kept');
  if (difference > 0) return advice('versions', both, 'update this styxy');
  return fine('versions', `${own.version} (protocol ${own.protocol}), the daemon too`);
}

/** What the daemon found and repaired at its start, and what it complains of since. */
export function checkLastStart({ recovery, notices }: Pick<StatusAnswer, 'recovery' | 'notices'>): Check {
  const name = 'last start';
  const { leases } = recovery.system_recovery;
  const told = [`${leases} leases taken over`, ...repairsOf(recovery.system_recovery)].join(', ');
  if (notices.length === 0) return fine(name, told);
  return advice(
    name,
    `${told}; ${notices.join('; ')}`,
    'see to each of these, then styxy daemon restart, which touches nothing that runs',
  );
}

/** @param pids all daemons of this home @param holder the one that holds the lock */
export function checkOneDaemon(pids: readonly number[], holder: number | undefined): Check {
  const more = pids.filter((pid) => pid !== holder);
  if (more.length === 0)
    return fine('processes', pids.length === 0 ? 'no daemon of this home' : 'one daemon of this home');
  return failed(
    'processes',
    `${more.length === 1 ? 'a daemon' : 'daemons'} of this home without its lock: pid ${more.join(', ')}`,
    `kill ${more.join(' ')}: leases are in the journal`,
  );
}
