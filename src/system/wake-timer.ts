/** One timer for the nearest of several moments. */
export interface WakeTimer {
  /** Wakes at this moment, unless it wakes before. In the time of its clock. */
  at(moment: number): void;
  clear(): void;
}

/** Longer waits don't fit a timer; waking up early does no harm. */
const LONGEST_WAIT_MS = 86_400_000;

/**
 * @param wake called up to a millisecond late, and never in vain but after a day: it looks what is due and sets the
 * timer again
 */
export function createWakeTimer(clock: () => number, wake: () => void): WakeTimer {
  let next: { readonly timer: NodeJS.Timeout; readonly moment: number } | undefined;

  function clear(): void {
    clearTimeout(next?.timer);
    next = undefined;
  }

  return {
    at(moment) {
      if (moment === Infinity || (next && next.moment <= moment)) return;
      clear();
      // Timers wake up to a millisecond early.
      const waitMs = Math.min(Math.max(moment - clock(), 0) + 1, LONGEST_WAIT_MS);
      const timer = setTimeout(() => {
        next = undefined;
        wake();
      }, waitMs).unref();
      next = { timer, moment };
    },
    clear,
  };
}
