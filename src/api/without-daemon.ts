import { StyxyError } from '../base/styxy-error.ts';
import { findFreePort } from '../client/free-port.ts';
import { builtInTypeFor } from '../settings/service-types.ts';
import type { PortLease, PortOptions } from './types.ts';

/** Ports that are free at this moment, with nobody to keep them so. @throws StyxyError RANGE_FULL, PORT_TAKEN */
export async function takeFreePorts(
  { type, port, prefer, count = 1 }: PortOptions,
  defaultType: string,
): Promise<PortLease> {
  const [first, last] = builtInTypeFor(type ?? defaultType, undefined).range;
  const ports: number[] = [];
  while (ports.length < count) {
    const after = ports.at(-1);
    const range = [after === undefined ? first : after + 1, last] as const;
    const found =
      range[0] > last ? undefined : await findFreePort(range, ports.length === 0 ? [port ?? prefer] : []);
    if (found === undefined)
      throw new StyxyError('RANGE_FULL', `fewer than ${count} ports of ${first}-${last} are free`);
    if (port !== undefined && found !== port) throw new StyxyError('PORT_TAKEN', `port ${port} is taken`);
    ports.push(found);
  }
  const url = `http://localhost:${ports[0]}`;
  const release = async (): Promise<void> => undefined;
  return {
    port: ports[0]!,
    ports,
    url,
    lockId: null,
    release,
    env: {
      PORT: String(ports[0]),
      STYXY_PORT: String(ports[0]),
      STYXY_URL: url,
    },
    [Symbol.asyncDispose]: release,
  };
}
