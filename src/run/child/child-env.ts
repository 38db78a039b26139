import { LEASE_MARKER } from '../../protocol/lease-marker.ts';
import { fillPlaceholders } from '../../settings/placeholders.ts';
import type { RunPorts } from '../leases/obtain.ts';
import type { RunPlan } from '../plan/plan.ts';

/** The instance when none is named. */
const DEFAULT_INSTANCE = 'main';

/** What the child's environment gets in addition to ours. */
export function childVariables(
  {
    serviceName,
    portVariables,
    siblings,
    projectEnv,
  }: Pick<RunPlan, 'serviceName' | 'portVariables' | 'siblings' | 'projectEnv'>,
  { allocation, ports: own }: RunPorts,
): Record<string, string> {
  const ports = new Map(siblings);
  // By its name a program finds its services in the project, and its ports when it has several.
  if (own.length > 1 || ports.has(serviceName)) for (const { name, port } of own) ports.set(name, port);
  const variables = projectVariables(ports, projectEnv, allocation.port);
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

/**
 * `<NAME>_PORT` and `<NAME>_URL` of each service, and the project's own variables. Those whose ports are not known are
 * left out.
 * @param own the port for which `{port}` stands
 */
export function projectVariables(
  ports: ReadonlyMap<string, number>,
  projectEnv: Readonly<Record<string, string>>,
  own?: number,
): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const [name, port] of ports) Object.assign(variables, serviceVariables(name, port));
  const known = own === undefined ? ports : new Map([...ports, ['', own] as const]);
  for (const [name, text] of Object.entries(projectEnv)) {
    const value = fillPlaceholders(text, known);
    if (value !== undefined) variables[name] = value;
  }
  return variables;
}

/** `WEB_PORT` and `WEB_URL` of a service named `web`. */
function serviceVariables(name: string, port: number): Record<string, string> {
  const prefix = name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_');
  return { [`${prefix}_PORT`]: String(port), [`${prefix}_URL`]: `http://localhost:${port}` };
}
