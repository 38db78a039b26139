/** One part of `--ports web=dev,hmr=proxy`. */
export interface NamedPort {
  name: string;
  type: string;
}

/** One port of a run, under the name of its service. */
export interface LeasedPort {
  name: string;
  port: number;
}

/** All ports of a run; the first one is the service's own. */
export type LeasedPorts = readonly [LeasedPort, ...LeasedPort[]];

/** Commands name a port of `--ports` as `{hmr}` or `{hmr.port}`, the first one also as `{port}`. */
export function nameInCommand(words: readonly string[], name: string, value: string): string[] {
  return words.map((word) => word.replaceAll(`{${name}}`, value).replaceAll(`{${name}.port}`, value));
}

export const byName = (ports: LeasedPorts): Record<string, number> =>
  Object.fromEntries(ports.map(({ name, port }) => [name, port]));
