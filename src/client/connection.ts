import { StyxyError } from '../base/styxy-error.ts';
import type { Paths } from '../system/paths.ts';
import { spawnWatchdog } from './spawn-daemon.ts';
import type { Revival } from './ensure-daemon.ts';
import { call, callAndHold, NoDaemonError, tell, type Call, type LineStream } from './transport.ts';
import { socketOf } from './locate.ts';

export interface ConnectionOptions {
  paths: Paths;
  env: NodeJS.ProcessEnv;
  /** Start a daemon when there is none. */
  autostart: boolean;
}

/** How to reach the daemon of this home. Every method throws StyxyError when it can't be reached. */
export interface Connection {
  call<Answer>(request: Call): Promise<Answer>;
  hold(request: Call): Promise<LineStream>;
  /** Says something without waiting for the answer. Starts no daemon. */
  tell(request: Call): Promise<void>;
}

/** STYXY_NO_DAEMON: never start one. */
export function mayStartDaemon({ STYXY_NO_DAEMON: value }: NodeJS.ProcessEnv): boolean {
  return value === undefined || ['', '0', 'false'].includes(value);
}

export function createConnection(options: ConnectionOptions): Connection {
  return {
    call: (request) => reach(options, (socket) => call(socket, request)),
    hold: (request) => reach(options, (socket) => callAndHold(socket, request)),
    tell: (request) => tell(socketOf(options.paths), request),
  };
}

/**
 * Asks the daemon, and starts one if nobody listens: it may never have run, have ended for being idle, have made room
 * for this newer version, or have been killed a moment ago.
 */
async function reach<T>(options: ConnectionOptions, ask: (socket: string) => Promise<T>): Promise<T> {
  let revival: Revival | undefined;
  try {
    for (;;) {
      try {
        return await ask(socketOf(options.paths));
      } catch (error) {
        const isGone = error instanceof NoDaemonError;
        if (!isGone && !isLeaving(error)) {
          if (options.autostart) await callWatchdog(error, options);
          throw error;
        }
        if (isGone && !options.autostart) throw notRunning(options.paths);
        // Most find a daemon, and load nothing of this.
        revival ??= (await import('./ensure-daemon.ts')).createRevival(options);
        await revival.attempt(isGone);
      }
    }
  } finally {
    revival?.close();
  }
}

/** Sees to a daemon that took our connection and said nothing; whoever asked does not wait for it any longer. */
async function callWatchdog(problem: unknown, { paths, env }: ConnectionOptions): Promise<void> {
  if (!(problem instanceof StyxyError) || problem.details.silent !== true) return;
  await spawnWatchdog(paths, env).catch(() => undefined);
}

function isLeaving(error: unknown): boolean {
  return error instanceof StyxyError && ['DAEMON_OUTDATED', 'DAEMON_STOPPING'].includes(error.code);
}

function notRunning({ socket }: Paths): StyxyError {
  return new StyxyError('DAEMON_UNREACHABLE', 'the daemon is not running', {
    why: `nothing listens at ${socket}, and it was not to be started (STYXY_NO_DAEMON)`,
    hint: 'unset STYXY_NO_DAEMON, or run styxy daemon run yourself',
    details: { running: false },
  });
}
