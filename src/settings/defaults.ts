/** Defaults that hold for a client that can't ask the daemon as well. Loading the schema for them would cost each start. */
export const PORT_CONFLICT = {
  enabled: true,
  max_retries: 3,
  backoff_ms: 100,
  backoff_multiplier: 2,
} as const;

/** From being asked to end to being killed. ms */
export const END_GRACE_MS = 10_000;

/** The daemon's TCP port when nothing else is said. */
export const DAEMON_PORT = 9876;
