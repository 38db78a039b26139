import type { AllocateAnswer } from '../protocol/allocation.ts';
import { LEASE_MARKER } from '../protocol/lease-marker.ts';

/** The instance when nobody names one. */
const DEFAULT_INSTANCE = 'main';

export interface ChildEnvParts {
  /** The lease; without one (no daemon) only the port is known. */
  allocation: Pick<AllocateAnswer, 'port' | 'url'> & Partial<AllocateAnswer>;
  serviceName: string;
  /** Instead of PORT. */
  portVariables: readonly string[];
  /** Ports of the project's services by name, to tell each where the others are. */
  siblings: ReadonlyMap<string, number>;
}

/** What the child's environment gets in addition to ours. */
export function childVariables({ allocation, serviceName, portVariables, siblings }: ChildEnvParts) {
  const variables: Record<string, string> = {};
  for (const [name, port] of siblings) Object.assign(variables, serviceVariables(name, port));
  const port = String(allocation.port);
  for (const name of portVariables.length > 0 ? portVariables : ['PORT']) variables[name] = port;
  return {
    ...variables,
    STYXY_PORT: port,
    STYXY_URL: allocation.url,
    STYXY_SERVICE: serviceName,
    STYXY_INSTANCE: allocation.instance_id ?? DEFAULT_INSTANCE,
    ...(allocation.lock_id !== undefined && { [LEASE_MARKER]: allocation.lock_id }),
  };
}

/** `WEB_PORT` and `WEB_URL` of a service named `web`. */
export function serviceVariables(name: string, port: number): Record<string, string> {
  const prefix = name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_');
  return { [`${prefix}_PORT`]: String(port), [`${prefix}_URL`]: `http://localhost:${port}` };
}
