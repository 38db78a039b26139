import { StyxyError } from './styxy-error.ts';

export const LOWEST_PORT = 1;
export const HIGHEST_PORT = 65_535;
/** Ports that systems give to outgoing connections. Linux has the widest range: net.ipv4.ip_local_port_range. */
export const USUAL_EPHEMERAL_PORTS = { first: 32_768, last: 60_999 } as const;

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

/** All these ports were given by the system: helpers of a program that is about to listen on its own, most likely. */
export function areAllEphemeral(ports: readonly number[]): boolean {
  return ports.every((port) => port >= USUAL_EPHEMERAL_PORTS.first);
}
