import { ERRORS, type ErrorCode } from './error-codes.ts';

export interface ErrorParts {
  /** The reason, as a fact about this machine or this request. */
  why?: string | undefined;
  /** What to try; the table's hint when left out. */
  hint?: string | undefined;
  /** Facts for programs: ports, paths, pids. Never a secret. */
  details?: Record<string, unknown> | undefined;
  cause?: unknown;
}

/** A failure that Styxy foresaw: what happened, why, and what to try. */
export class StyxyError extends Error {
  override readonly name = 'StyxyError';
  readonly code: ErrorCode;
  readonly why: string | undefined;
  readonly hint: string;
  readonly details: Record<string, unknown>;

  constructor(code: ErrorCode, message: string, parts: ErrorParts = {}) {
    super(message, parts.cause === undefined ? undefined : { cause: parts.cause });
    this.code = code;
    this.why = parts.why;
    this.hint = parts.hint ?? ERRORS[code].hint;
    this.details = parts.details ?? {};
  }

  get exitCode(): number {
    return ERRORS[this.code].exit;
  }

  get httpStatus(): number {
    return ERRORS[this.code].http;
  }
}

/** The message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** The `code` of a system error (`ENOENT`, `EADDRINUSE`...), else undefined. */
export function systemCode(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown)) return undefined;
  return typeof thrown.code === 'string' ? thrown.code : undefined;
}

/** The error for a path that starts in the current folder, where that was removed; undefined for anything else. */
export function ofRemovedFolder(thrown: unknown): StyxyError | undefined {
  return /\buv_cwd\b/.test(messageOf(thrown)) ? removedFolder(thrown) : undefined;
}

export const removedFolder = (cause?: unknown): StyxyError =>
  new StyxyError('USAGE', 'the current folder was removed', { hint: 'cd to a folder that is there', cause });

/**
 * The error for a file of Styxy's own that could not be loaded: it was removed (`npm ci`) or replaced while we ran.
 * Undefined for anything else. Programs and configurations of users are loaded from outside of our chunks.
 */
export function ofRemovedFile(thrown: unknown): StyxyError | undefined {
  const code = systemCode(thrown);
  if (code !== 'MODULE_NOT_FOUND' && code !== 'ERR_MODULE_NOT_FOUND') return undefined;
  if (!/[\\/]chunks[\\/]/.test(messageOf(thrown))) return undefined;
  return new StyxyError('INTERNAL', 'files of Styxy were removed or replaced while it ran', {
    why: messageOf(thrown).split('\n')[0],
    hint: 'styxy daemon restart, from an installation that is there (npm install)',
    cause: thrown,
  });
}
