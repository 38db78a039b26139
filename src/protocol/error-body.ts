import { docsOf, isErrorCode } from '../base/error-codes.ts';
import { StyxyError } from '../base/styxy-error.ts';
import type { ErrorBody } from './answers/error.ts';

export function toErrorBody({ code, message, why, hint, details }: StyxyError): ErrorBody {
  return { success: false, error: { code, message, why: why ?? null, hint, docs: docsOf(code), details } };
}

/** The error of an answer; a code we don't know (of a newer daemon) becomes INTERNAL and keeps its words. */
export function fromErrorBody(body: unknown, status: number): StyxyError {
  const error = isErrorBody(body) ? body.error : undefined;
  if (!error) return new StyxyError('INTERNAL', `the daemon answered ${status} without saying why`);
  return new StyxyError(isErrorCode(error.code) ? error.code : 'INTERNAL', error.message, {
    why: error.why ?? undefined,
    hint: error.hint,
    details: error.details,
  });
}

function isErrorBody(body: unknown): body is ErrorBody {
  if (typeof body !== 'object' || body === null || !('error' in body)) return false;
  const { error } = body;
  return typeof error === 'object' && error !== null && 'code' in error && 'message' in error;
}
