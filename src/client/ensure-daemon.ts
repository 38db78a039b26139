import { ERRORS } from '../base/error-codes.ts';
import { StyxyError } from '../base/styxy-error.ts';
import { whyUnwritable } from '../system/files/why-unwritable.ts';
import type { Paths } from '../system/paths.ts';
import type { PidFile } from '../system/pid-file.ts';
import { sleep } from '../system/sleep.ts';
import type { Spawned } from './spawn-daemon.ts';
import { readStartFailure } from './start-failure.ts';
import { createDaemonStarter, type StartOptions } from './daemon-starter.ts';
import { locateDaemon } from './locate.ts';

const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 200;
/** How long a daemon may take to start, on a machine that starts many things at once. */
const START_LIMIT_MS = 10_000;
/** The limit when a daemon starts and is killed, again and again. */
const PATIENCE_LIMIT_MS = 4 * START_LIMIT_MS;

/** Sees to it that a request that was not answered finds a daemon. */
export interface DaemonEnsurer {
  /**
   * Starts a daemon unless one is starting, and waits a moment; then it is time to ask again.
   * @param isGone nothing listens; otherwise the daemon is about to make room for another
   * @throws StyxyError DAEMON_UNREACHABLE, STATE_UNWRITABLE, FORBIDDEN when none can be started
   */
  attempt(isGone: boolean): Promise<void>;
  close(): void;
}

export function createDaemonEnsurer(options: StartOptions): DaemonEnsurer {
  const { paths } = options;
  const starter = createDaemonStarter(options);
  const isTooLate = createStartLimit();
  let waited = 0;
  return {
    async attempt(isGone) {
      const daemon = locateDaemon(paths);
      // An exit code is its own word that it can't start; one that was killed could have started.
      const hasFailed = Boolean(starter.spawned?.exit?.code);
      if (hasFailed || isTooLate(daemon)) {
        await starter.giveUp(daemon);
        throw didNotStart(paths, starter.spawned);
      }
      if (isGone) await starter.help(daemon);
      const pause = pauseAfter(waited);
      await sleep(pause);
      waited += pause;
    },
    close: starter.close,
  };
}

/** What a daemon that is there is found late by: a tenth of its start, at most. @param waited so far, ms */
export const pauseAfter = (waited: number): number =>
  Math.min(FIRST_PAUSE_MS + waited / 10, LONGEST_PAUSE_MS);

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

/** @param spawned the last daemon that we started */
function didNotStart(paths: Paths, spawned: Spawned | undefined): StyxyError {
  const exitCode = spawned?.exit?.code;
  const code = exitCode === ERRORS.STATE_UNWRITABLE.exit ? 'STATE_UNWRITABLE' : 'DAEMON_UNREACHABLE';
  const said = readStartFailure(paths.log, spawned?.logStart ?? 0);
  // On a full disk the daemon can't even write down why.
  const unwritable = whyUnwritable(paths.home);
  return new StyxyError(code, 'the daemon did not start', {
    why: unwritable ?? spawned?.exit?.why ?? said?.why ?? `it wrote nothing to ${paths.log}`,
    hint: unwritable === undefined ? said?.hint : undefined,
    details: { exit_code: exitCode ?? null, log: paths.log },
  });
}
