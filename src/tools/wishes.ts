import type { Program } from './program.ts';

/** Below this, only root may listen. */
const FIRST_UNPRIVILEGED = 1024;

/**
 * The port to ask for while it is free: what the command says, else the tool's configuration, else its own default, on
 * which habits, cookies and OAuth settings depend. undefined when the program has none.
 */
export function wishOf({ port }: Pick<Program, 'port'>): number | undefined {
  return port === undefined || port < FIRST_UNPRIVILEGED ? undefined : port;
}
