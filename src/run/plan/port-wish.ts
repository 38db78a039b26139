import { isPort } from '../../base/port-number.ts';
import type { AllocateBody } from '../../protocol/requests/allocate.ts';

/** Where a port for a service may be named. */
export interface WishPlaces {
  readonly flags: { readonly port?: number; readonly prefer?: number };
  /** The configuration of the service. */
  readonly service: { readonly port?: number | undefined; readonly prefer?: number | undefined } | undefined;
  /** In the command, or in the package script that it runs. */
  readonly script: number | undefined;
  /** Of the caller. */
  readonly env: NodeJS.ProcessEnv;
}

type PortWish = Pick<AllocateBody, 'port' | 'preferred_port' | 'wished_by'>;

/**
 * The port to ask for, as it was written nearest to this run: flags, configuration, script, the caller's PORT. A PORT
 * may be there by chance, of a server that has started the caller; so it comes last.
 */
export function portWish({ flags, service, script, env }: WishPlaces): PortWish {
  if (flags.port !== undefined) return { port: flags.port, wished_by: 'option' };
  if (flags.prefer !== undefined) return { preferred_port: flags.prefer, wished_by: 'option' };
  if (service?.port !== undefined) return { port: service.port, wished_by: 'config' };
  if (service?.prefer !== undefined) return { preferred_port: service.prefer, wished_by: 'config' };
  if (script !== undefined) return { preferred_port: script, wished_by: 'script' };
  const port = Number(env.PORT);
  // One that Styxy has given is of a service around this one.
  if (!isPort(port) || env.PORT === env.STYXY_PORT) return {};
  return { preferred_port: port, wished_by: 'environment' };
}
