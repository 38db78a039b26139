import type { ErrorCode } from '../base/error-codes.ts';
import { StyxyError } from '../base/styxy-error.ts';

const NO_COORDINATOR: ReadonlySet<ErrorCode> = new Set([
  ...(['DAEMON_UNREACHABLE', 'DAEMON_STOPPING', 'DAEMON_OUTDATED', 'PROTOCOL_MISMATCH'] as const),
  ...(['STATE_UNWRITABLE', 'FORBIDDEN', 'OUT_OF_RESOURCES', 'INTERNAL'] as const),
]);

/**
 * The coordinator itself has failed, and a program goes on with a port that nothing reserves; refusals of a request are
 * the user's.
 */
export const isNoCoordinator = (error: unknown): error is StyxyError =>
  error instanceof StyxyError && NO_COORDINATOR.has(error.code);
