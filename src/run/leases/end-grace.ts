import type { StatusAnswer } from '../../protocol/answers/status.ts';
import type { Coordinator } from '../../protocol/coordinator.ts';
import { END_GRACE_MS } from '../../settings/defaults.ts';
import { sleep } from '../../system/sleep.ts';

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
