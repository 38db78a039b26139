import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Fewer requests leave too little to give back. */
const MANY_REQUESTS = 1000;
const QUIET_MS = 3000;
/** The first may only finish what V8 had begun, and keep what has died since. */
const COLLECTIONS = 2;

/**
 * Gives memory back to the system after a burst of requests. V8 keeps the room that one took for the next, and a daemon
 * that is asked now and then would keep it for days, beside programs that need it more.
 */
export interface MemoryTrimmer {
  noteRequest(): void;
  close(): void;
}

/** @param collect called after a pause in the requests, each time in a turn of its own */
export function createMemoryTrimmer(collect: () => void = collectGarbage): MemoryTrimmer {
  let requests = 0;
  let due = 0;
  let timer: NodeJS.Timeout | undefined;

  function wait(): void {
    timer = due > 0 ? setTimeout(trim, QUIET_MS).unref() : undefined;
  }

  function trim(): void {
    due -= 1;
    collect();
    wait();
  }

  return {
    noteRequest() {
      requests += 1;
      if (timer) timer.refresh();
      if (requests < MANY_REQUESTS) return;
      [requests, due] = [0, COLLECTIONS];
      if (!timer) wait();
    },
    close: () => clearTimeout(timer),
  };
}

/**
 * Blocks for some 15 ms with 1,000 leases, and 30 with 20,000. The collector can be called by name only from a context
 * that is made after this flag was set.
 */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  if (typeof collect === 'function') collect();
}
