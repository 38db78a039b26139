import { StyxyError } from '../base/styxy-error.ts';
import { findFreePort } from '../client/free-port.ts';
import type { AllocateBody } from '../protocol/requests/allocate.ts';
import { builtInTypeFor } from '../settings/service-types.ts';
import { isPortFree } from '../system/ports/probe.ts';
import type { PortLease, PortOptions } from './types.ts';

/** A port that is free at this moment, which nothing reserves. @throws StyxyError PORT_TAKEN */
export async function takeExactPort(port: number): Promise<PortLease> {
  if (!(await isPortFree(port))) throw new StyxyError('PORT_TAKEN', `port ${port} is taken`);
  return unreserved([port]);
}

/** The same for ports of a type's range. @throws StyxyError RANGE_FULL, UNKNOWN_TYPE, BAD_CONFIG */
export async function takeFreePorts(
  { prefer, count = 1 }: PortOptions,
  { service_type: type, service_type_definition: ownType }: AllocateBody,
): Promise<PortLease> {
  const { range, preferred } = builtInTypeFor(type, undefined, ownType);
  const ports: number[] = [];
  while (ports.length < count) {
    const port = await findFreePort(range, [prefer, ...preferred], ports);
    if (port === undefined)
      throw new StyxyError('RANGE_FULL', `fewer than ${count} ports of ${range.join('-')} are free`);
    ports.push(port);
  }
  return unreserved(ports);
}

function unreserved(ports: readonly number[]): PortLease {
  const port = ports[0]!;
  const url = `http://localhost:${port}`;
  const release = async (): Promise<void> => undefined;
  return {
    port,
    ports,
    url,
    lockId: null,
    release,
    env: {
      PORT: String(port),
      STYXY_PORT: String(port),
      STYXY_URL: url,
    },
    [Symbol.asyncDispose]: release,
  };
}
