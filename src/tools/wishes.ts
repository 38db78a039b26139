import type { Program } from './program.ts';

/** Below this, only root may listen. */
const FIRST_UNPRIVILEGED = 1024;

/**
 * The port to ask for while it is free: what the command says, else the tool's own default, on which habits, cookies and
 * OAuth settings depend. undefined when the program has none.
 */
export function wishOf({ port, edits, tool }: Pick<Program, 'port' | 'edits' | 'tool'>): number | undefined {
  const wish = edits.wanted ?? tool?.defaultPort ?? port;
  return wish === undefined || wish < FIRST_UNPRIVILEGED ? undefined : wish;
}
