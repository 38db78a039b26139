import { areAllEphemeral } from '../base/port-number.ts';

/** Sooner is the user told: that it has come to its own port after all can be said as well. */
const TOLD_MS = 350;
const SETTLED_MS = 1500;
const SETTLED_EPHEMERAL_MS = 10_000;

/**
 * How long a program has to be seen on these ports, and not on its own, before it counts as drifted for good: it may
 * open another one first (hot reload, a helper). ms
 */
export function settledAfterMs(ports: readonly number[]): number {
  return areAllEphemeral(ports) ? SETTLED_EPHEMERAL_MS : SETTLED_MS;
}

/** The same for the user's eyes: how soon it is told that the program listens there. ms */
export function toldAfterMs(ports: readonly number[]): number {
  return areAllEphemeral(ports) ? SETTLED_EPHEMERAL_MS : TOLD_MS;
}
