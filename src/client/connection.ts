import { StyxyError } from '../base/styxy-error.ts';
import type { TellWait } from '../base/tell-wait.ts';
import type { Paths } from '../system/paths.ts';
import type { StartOptions } from './daemon-starter.ts';
import type { DaemonEnsurer } from './ensure-daemon.ts';
import { call, callAndHold, NoDaemonError, tell, type Call, type LineStream } from './transport.ts';
import { locateSocket } from './locate.ts';

export interface ConnectionOptions extends StartOptions {
  /** Start a daemon when there is none. */
  autostart: boolean;
  waitingFor?: TellWait | undefined;
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
    tell: (request) => tell(locateSocket(options.paths), request),
  };
}

/**
 * Asks the daemon, and starts one if nothing listens: it may never have run, have ended for being idle, have made room
 * for this newer version, or have been killed a moment ago.
 */
async function reach<T>(options: ConnectionOptions, ask: (socket: string) => Promise<T>): Promise<T> {
  let ensurer: DaemonEnsurer | undefined;
  const over = options.waitingFor?.(() => `the daemon to ${ensurer ? 'start' : 'answer'}`);
  try {
    for (;;) {
      try {
        return await ask(locateSocket(options.paths));
      } catch (error) {
        const isGone = error instanceof NoDaemonError;
        if (!isGone && !isStopping(error)) {
          if (options.autostart) await replaceSilent(error, options);
          throw error;
        }
        if (isGone && !options.autostart) throw await notRunning(options.paths);
        // Most requests find a daemon, and load nothing of this.
        ensurer ??= (await import('./ensure-daemon.ts')).createDaemonEnsurer(options);
        await ensurer.attempt(isGone);
      }
    }
  } finally {
    over?.();
    ensurer?.close();
  }
}

/** A daemon took our connection and said nothing: another process waits for it, and replaces it if it stays silent. */
async function replaceSilent(problem: unknown, { paths, env }: ConnectionOptions): Promise<void> {
  if (!(problem instanceof StyxyError) || problem.details.silent !== true) return;
  const { spawnReplaceSilent } = await import('./spawn-daemon.ts');
  await spawnReplaceSilent(paths, env).catch(() => undefined);
}

function isStopping(error: unknown): boolean {
  return error instanceof StyxyError && ['DAEMON_OUTDATED', 'DAEMON_STOPPING'].includes(error.code);
}

async function notRunning({ root, socket }: Paths): Promise<StyxyError> {
  const { refuseOtherMachine } = await import('../system/other-machine.ts');
  refuseOtherMachine(root);
  return new StyxyError('DAEMON_UNREACHABLE', 'the daemon is not running', {
    why: `nothing listens at ${socket}, and it was not to be started (STYXY_NO_DAEMON)`,
    hint: 'unset STYXY_NO_DAEMON, or run styxy daemon run yourself',
    details: { running: false },
  });
}
