import { ERRORS } from '../base/error-codes.ts';
import { StyxyError } from '../base/styxy-error.ts';
import { whyUnwritable } from '../system/files/why-unwritable.ts';
import { readPidFile, type PidFile } from '../system/pid-file.ts';
import type { Paths } from '../system/paths.ts';
import { spawnWatchdog, type Spawned } from './autostart.ts';
import { readStartFailure } from './start-failure.ts';
import type { Starter } from './starter.ts';
import { call, callAndHold, NoDaemonError, tell, type Call, type LineStream } from './transport.ts';
import { sleep } from '../system/sleep.ts';

const FIRST_RETRY_MS = 10;
const LONGEST_RETRY_MS = 200;
/** How long a daemon may take to start, on a machine that starts many things at once. */
const START_LIMIT_MS = 10_000;
/** How long one that starts and is killed, again and again, is waited for. */
const PATIENCE_LIMIT_MS = 4 * START_LIMIT_MS;

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
  let isTooLate: ReturnType<typeof createStartLimit> | undefined;
  let starter: Starter | undefined;
  let wait = FIRST_RETRY_MS;
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
        const daemon = daemonIn(options.paths);
        isTooLate ??= createStartLimit();
        // One that was killed could have started; what it says itself is another matter.
        const hasFailed = Boolean(starter?.spawned?.exit?.code);
        if (hasFailed || isTooLate(daemon)) throw didNotStart(options.paths, starter?.spawned);
        if (isGone) {
          starter ??= (await import('./starter.ts')).createStarter(options);
          await starter.help(daemon);
        }
      }
      await sleep(wait);
      wait = Math.min(wait * 1.3, LONGEST_RETRY_MS);
    }
  } finally {
    starter?.close();
  }
}

/** A daemon that came up and was killed has started: its successor gets its own time. */
function createStartLimit(): (daemon: PidFile | undefined) => boolean {
  const limit = performance.now() + PATIENCE_LIMIT_MS;
  let deadline = performance.now() + START_LIMIT_MS;
  let last: string | undefined;
  return (daemon) => {
    const now = performance.now();
    if (daemon?.nonce !== last) deadline = Math.min(now + START_LIMIT_MS, limit);
    last = daemon?.nonce;
    return now > deadline;
  };
}

/** Sees to a daemon that took our connection and said nothing; whoever asked does not wait for it any longer. */
async function callWatchdog(problem: unknown, { paths, env }: ConnectionOptions): Promise<void> {
  if (!(problem instanceof StyxyError) || problem.details.silent !== true) return;
  await spawnWatchdog(paths, env).catch(() => undefined);
}

function isLeaving(error: unknown): boolean {
  return error instanceof StyxyError && ['DAEMON_OUTDATED', 'DAEMON_STOPPING'].includes(error.code);
}

/** `daemon.pid` knows better when the daemon could not bind its socket in the home. */
function socketOf(paths: Paths): string {
  return (process.platform === 'win32' ? undefined : daemonIn(paths)?.socket) ?? paths.socket;
}

/** What `daemon.pid` says, if it can be read. */
function daemonIn({ pid }: Paths): PidFile | undefined {
  try {
    return readPidFile(pid);
  } catch {
    return undefined;
  }
}

function notRunning({ socket }: Paths): StyxyError {
  return new StyxyError('DAEMON_UNREACHABLE', 'the daemon is not running', {
    why: `nothing listens at ${socket}, and it was not to be started (STYXY_NO_DAEMON)`,
    hint: 'unset STYXY_NO_DAEMON, or run styxy daemon run yourself',
    details: { running: false },
  });
}

/** @param spawned our last starter, if we started one */
function didNotStart(paths: Paths, spawned: Spawned | undefined): StyxyError {
  const exitCode = spawned?.exit?.code;
  const code = exitCode === ERRORS.STATE_UNWRITABLE.exit ? 'STATE_UNWRITABLE' : 'DAEMON_UNREACHABLE';
  const said = readStartFailure(paths.log, spawned?.logStart ?? 0);
  // On a full disk the daemon can't even write down why.
  const unwritable = whyUnwritable(paths.home);
  return new StyxyError(code, 'the daemon did not start', {
    why: unwritable ?? said?.why ?? `it wrote nothing to ${paths.log}`,
    hint: unwritable === undefined ? said?.hint : undefined,
    details: { exit_code: exitCode ?? null, log: paths.log },
  });
}
