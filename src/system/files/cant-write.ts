import { messageOf, StyxyError, systemCode } from '../../base/styxy-error.ts';

/** The error for a file of the home that could not be written; one that says so already stays as it is. */
export function cantWrite(path: string, error: unknown, hint?: string): StyxyError {
  if (error instanceof StyxyError) return error;
  return new StyxyError('STATE_UNWRITABLE', `can't write ${path}`, {
    why: messageOf(error),
    hint: systemCode(error) === 'ENOSPC' ? 'free some disk space' : hint,
    details: { path },
    cause: error,
  });
}
