import { StyxyError } from '../base/styxy-error.ts';

export const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** Names of services, types and instances share one alphabet, safe in variables, paths and logs. */
export function isName(text: string): boolean {
  return NAME.test(text);
}

/** @throws StyxyError INVALID_NAME */
export function requireName(text: string, what: string): string {
  if (isName(text)) return text;
  throw new StyxyError('INVALID_NAME', `${JSON.stringify(text.slice(0, 80))} is not a ${what}`);
}
