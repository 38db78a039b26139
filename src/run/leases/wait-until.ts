import { createAlarm } from '../../system/alarm.ts';

/** Calls back whenever asking again may be worth it. @returns stops that */
export type WakeUp = (ring: () => void) => () => void;

export interface WaitOptions {
  timeoutMs: number;
  wakeUps?: readonly WakeUp[];
  /** Gives up early. */
  signal?: AbortSignal;
}

/** The pause between two questions is a tenth of the time waited so far, within these limits. ms */
const SHORTEST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 500;

/**
 * Asks until there is an answer: at once when something wakes us up, and again after a growing pause, since no event
 * tells that a process has ended or a port has been bound.
 * @returns undefined when the time was over or the signal fired before there was an answer
 */
export async function waitUntil<Answer>(
  ask: () => Promise<Answer | undefined>,
  { timeoutMs, wakeUps = [], signal }: WaitOptions,
): Promise<Answer | undefined> {
  const startedAt = performance.now();
  const alarm = createAlarm();
  let stops: (() => void)[] | undefined;
  signal?.addEventListener('abort', alarm.ring);
  try {
    while (!signal?.aborted) {
      const answer = await ask();
      if (answer !== undefined) return answer;
      const waited = performance.now() - startedAt;
      if (waited >= timeoutMs) return undefined;
      // Most have their answer at the first question, and pay for no subscription.
      stops ??= wakeUps.map((wakeUp) => wakeUp(alarm.ring));
      const pause = Math.min(Math.max(waited / 10, SHORTEST_PAUSE_MS), LONGEST_PAUSE_MS);
      await alarm.within(Math.min(pause, timeoutMs - waited));
    }
    return undefined;
  } finally {
    signal?.removeEventListener('abort', alarm.ring);
    for (const stop of stops ?? []) stop();
  }
}
