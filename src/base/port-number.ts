import { StyxyError } from './styxy-error.ts';

export const LOWEST_PORT = 1;
export const HIGHEST_PORT = 65_535;

export function isPort(value: unknown): value is number {
  return (
    typeof value === 'number' && Number.isInteger(value) && value >= LOWEST_PORT && value <= HIGHEST_PORT
  );
}

/**
 * The port a text names, read strictly: `3000abc`, `3e3`, ` 3000` and `3000.5` are refused.
 * @param source where the text came from, for the message (`--port`, `GET /check/`)
 * @throws StyxyError INVALID_PORT
 */
export function parsePort(text: string, source: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (isPort(port)) return port;
  throw new StyxyError('INVALID_PORT', `"${text}" is not a port`, { why: `it was given as ${source}` });
}
