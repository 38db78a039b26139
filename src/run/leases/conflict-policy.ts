import type { RecoveryAnswer } from '../../protocol/answers/status.ts';
import type { Coordinator } from '../../protocol/coordinator.ts';
import { PORT_CONFLICT } from '../../settings/defaults.ts';

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
