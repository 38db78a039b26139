import { takeFreePort } from '../client/free-port.ts';
import type { AllocateBody } from '../protocol/requests/allocate.ts';
import { builtInTypeFor } from '../settings/service-types.ts';
import type { PortLease, PortOptions } from './types.ts';

/** Whether one port is free is no question of types. */
const ANY_TYPE = { range: [1, 65_535], preferred: [] } as const;

/** A port that is free at this moment, which nothing reserves. @throws StyxyError PORT_TAKEN */
export async function takeExactPort(port: number): Promise<PortLease> {
  return unreserved([await takeFreePort(ANY_TYPE, { port })]);
}

/** The same for ports of a type's range, all or none. @throws StyxyError RANGE_FULL, UNKNOWN_TYPE, BAD_CONFIG */
export async function takeFreePorts(
  { prefer, count = 1 }: PortOptions,
  { service_type: name, service_type_definition: ownType }: AllocateBody,
): Promise<PortLease> {
  const type = builtInTypeFor(name, undefined, ownType);
  const ports: number[] = [];
  while (ports.length < count) ports.push(await takeFreePort(type, { wishes: [prefer], avoid: ports }));
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
    nameUrl: null,
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
