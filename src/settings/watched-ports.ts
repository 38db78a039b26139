import tools from '../../config/tool-ports.json' with { type: 'json' };
import type { Catalog } from '../domain/service-type.ts';

const WATCHED: Readonly<Record<string, { service_type: string }>> = tools;

/**
 * The service type that a listener on this port is shown under: that of the range, else that of a tool that takes the
 * port by itself; undefined when neither is known.
 */
export function typeOfListener(port: number, catalog: Catalog): string | undefined {
  return catalog.typeOfPort(port)?.name ?? watchedType(port);
}

function watchedType(port: number): string | undefined {
  return Object.hasOwn(WATCHED, port) ? WATCHED[port]?.service_type : undefined;
}
