/** Defaults that hold for a client that can't ask the daemon as well. Loading the schema for them would cost each start. */
export const PORT_CONFLICT = {
  enabled: true,
  max_retries: 3,
  backoff_ms: 100,
  backoff_multiplier: 2,
} as const;

/** From being asked to end to being killed. ms */
export const END_GRACE_MS = 10_000;

/** How much longer than the graces of what it ends a wrapper, or the daemon in its place, may take. ms */
export const END_MARGIN_MS = 5000;
/**
 * A wrapper ends the tree of the command, and then what the command has left elsewhere, as the daemon does for a killed
 * one; each of the two may take twice the grace, where what is asked to end starts others.
 */
const GRACES = 4;
/** How long a wrapper may take that was asked to end. ms */
export const wrapperEndLimit = (graceMs: number): number => GRACES * graceMs + END_MARGIN_MS;

/** The daemon's TCP port when nothing else is said. */
export const DAEMON_PORT = 9876;
