/** Every program started with a lease carries the lease's id under this name, also when it left the process tree. */
export const LEASE_MARKER = 'STYXY_LOCK_ID';
