/** Every program started with a lease carries the lease's id under this name, also when it left the process tree. */
export const LEASE_MARKER = 'STYXY_LOCK_ID';

/** The port of that lease; of several, the first. */
export const PORT_VARIABLE = 'STYXY_PORT';

/** The lease of the run around a process with these variables; whatever else stands there is none. */
export function outerLease({ [LEASE_MARKER]: id }: NodeJS.ProcessEnv): string | undefined {
  return id !== undefined && /^[0-9A-Za-z-]{8,64}$/.test(id) ? id : undefined;
}
