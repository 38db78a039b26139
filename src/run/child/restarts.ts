import type { Outcome } from './supervise.ts';

/** Before the first start anew, the second, ... ms */
const PAUSES_MS = [1000, 2000, 4000, 8000, 16_000];
/** What ran for so long was healthy: the count begins anew. ms */
const HEALTHY_MS = 60_000;

/** A command that failed is about to be started again. */
export interface Restart {
  pauseMs: number;
  /** The first is 1. */
  attempt: number;
  most: number;
}

/** For each end of a command: how it goes on; undefined when it does not. */
export type Restarts = (outcome: Pick<Outcome, 'status' | 'askedToEnd' | 'ranForMs'>) => Restart | undefined;

/** Starts again what failed by itself. */
export function createRestarts(): Restarts {
  let done = 0;
  return ({ status, askedToEnd, ranForMs }) => {
    if (askedToEnd || status.code === 0) return undefined;
    if (ranForMs >= HEALTHY_MS) done = 0;
    const pauseMs = PAUSES_MS[done];
    if (pauseMs === undefined) return undefined;
    done += 1;
    return { pauseMs, attempt: done, most: PAUSES_MS.length };
  };
}
