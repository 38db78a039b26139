import tools from '../../config/tool-ports.json' with { type: 'json' };

const WATCHED: Readonly<Record<string, { service_type: string }>> = tools;

/** The type of a tool that takes this port by itself; undefined when none that is known does. */
export function watchedType(port: number): string | undefined {
  return Object.hasOwn(WATCHED, port) ? WATCHED[port]?.service_type : undefined;
}
