import type { RecoveryAnswer, StatusAnswer } from '../../protocol/answers/status.ts';
import type { Coordinator } from '../../protocol/coordinator.ts';
import { END_GRACE_MS, PORT_CONFLICT } from '../../settings/defaults.ts';
import { sleep } from '../../system/sleep.ts';

/** How a command goes on when an outsider took its port before it could bind it. */
export interface ConflictPolicy {
  /** How often it is started again on a new port. */
  retries: number;
  /** How long to wait before that start. @param attempt 0 for the first one */
  pauseMs(attempt: number): number;
}

const LONGEST_PAUSE_MS = 60_000;

/**
 * The user's settings, from the daemon, which has read them already. Asked only when a port was taken: no other run
 * pays for it. `retries` from the command line wins.
 */
export async function loadConflictPolicy(
  coordinator: Pick<Coordinator, 'status'>,
  retries: number | undefined,
): Promise<ConflictPolicy> {
  const settings = await coordinator.status().then(
    // A daemon of an older version says nothing about it.
    ({ recovery }: { recovery?: RecoveryAnswer }) => recovery?.port_conflict ?? PORT_CONFLICT,
    () => PORT_CONFLICT,
  );
  return {
    retries: retries ?? (settings.enabled ? settings.max_retries : 0),
    pauseMs: (attempt) =>
      Math.min(settings.backoff_ms * settings.backoff_multiplier ** attempt, LONGEST_PAUSE_MS),
  };
}

/** Who is asked to end can't wait for a daemon that hangs. ms */
const ANSWER_MS = 1000;

/**
 * How long a program may take to end: the user's setting, from the daemon, which has read it already. A daemon that is
 * not there, or of an older version, says nothing about it.
 */
export function loadEndGrace(coordinator: Pick<Coordinator, 'status'>): Promise<number> {
  const told = coordinator.status().then(
    ({ end_grace_ms: ms }: Pick<StatusAnswer, 'end_grace_ms'>) => ms ?? END_GRACE_MS,
    () => END_GRACE_MS,
  );
  return Promise.race([told, sleep(ANSWER_MS, { keepAlive: false }).then(() => END_GRACE_MS)]);
}
