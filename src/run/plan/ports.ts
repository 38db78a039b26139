import { isPort } from '../../base/port-number.ts';
import type { AllocateBody } from '../../protocol/requests/allocate.ts';

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

/** Where a port for a service may be named. */
export interface WishPlaces {
  readonly flags: { readonly port?: number; readonly prefer?: number };
  /** The configuration of the service. */
  readonly service: { readonly port?: number | undefined; readonly prefer?: number | undefined } | undefined;
  /** In the command, in the package script that it runs, or in the text of its program. */
  readonly script: number | undefined;
  /** In the configuration of its tool. */
  readonly toolConfig?: number | undefined;
  /** The file that says `script` or `toolConfig`, with its line; undefined: the command or the script does. */
  readonly file?: string | undefined;
  /** Of the caller. */
  readonly env: NodeJS.ProcessEnv;
}

type PortWish = Pick<AllocateBody, 'port' | 'preferred_port' | 'wished_by' | 'wished_in'>;

/**
 * The port to ask for, as it was written nearest to this run: flags, configuration, script, the caller's PORT, the
 * configuration of the tool. A PORT may be there by chance, of a server that has started the caller; so it comes late.
 */
export function portWish({ flags, service, script, toolConfig, file, env }: WishPlaces): PortWish {
  if (flags.port !== undefined) return { port: flags.port, wished_by: 'option' };
  if (flags.prefer !== undefined) return { preferred_port: flags.prefer, wished_by: 'option' };
  if (service?.port !== undefined) return { port: service.port, wished_by: 'config' };
  if (service?.prefer !== undefined) return { preferred_port: service.prefer, wished_by: 'config' };
  if (script !== undefined) return writtenWish(script, file);
  const port = Number(env.PORT);
  // One that Styxy has given is of a service around this one.
  if (isPort(port) && env.PORT !== env.STYXY_PORT) return { preferred_port: port, wished_by: 'environment' };
  return toolConfig === undefined ? {} : writtenWish(toolConfig, file);
}

const writtenWish = (port: number, file: string | undefined): PortWish => ({
  preferred_port: port,
  wished_by: 'script',
  ...(file !== undefined && { wished_in: file }),
});
