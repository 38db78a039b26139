import { StyxyError } from '../base/styxy-error.ts';
import type { HostParts } from './host-label.ts';
import type { HoldSubject } from './lease.ts';
import { browsersRefuse, FIRST_UNPRIVILEGED_PORT } from './port.ts';
import { requireType, type Catalog, type ServiceType } from './service-type.ts';

/** Where a wish for a port was written; of the project: it was told this port before. */
export type WishSource = 'option' | 'config' | 'script' | 'environment' | 'project';

export interface Share {
  readonly key: string;
  readonly holdId: string;
  readonly serves: boolean;
  readonly isOfMachine?: true | undefined;
}

/** A wish for one port. */
export interface LeaseRequest extends HoldSubject {
  readonly type: string;
  readonly name: string | undefined;
  /** Exactly this port, or fail. */
  readonly port: number | undefined;
  /** This port if it is free. */
  readonly prefer: number | undefined;
  /** Who named `port` or `prefer`. */
  readonly wishedBy?: WishSource | undefined;
  /** The file in which a `script` names it, with the line. */
  readonly wishedIn?: string | undefined;
  /** The port that the program would take by itself. */
  readonly toolDefault?: number | undefined;
  /** `type` is a default only, so that its range does not bind the ports that are meant for the service. */
  readonly isTypeDefault?: boolean | undefined;
  /** Which of the type's preferred ports to try first, from 0; for instances named like a template. */
  readonly preferredAt?: number | undefined;
  /** For services that run once: how others find the lease, and the hold that is the asker's. */
  readonly share?: Share | undefined;
  /** Ports that just failed for this asker. */
  readonly avoid: readonly number[];
  /** Allows privileged ports and ports of another type's range. */
  readonly force: boolean;
  /** What the service's host name is made from; undefined: it gets none. */
  readonly hostParts?: (HostParts & { readonly isAlone: boolean }) | undefined;
  /** The type as this project defines it; undefined where the one that everybody knows is meant. */
  readonly projectType: ServiceType | undefined;
}

/** @throws StyxyError UNKNOWN_TYPE */
export function typeOfRequest(
  { type, projectType }: Pick<LeaseRequest, 'type' | 'projectType'>,
  catalog: Catalog,
): ServiceType {
  return projectType ?? requireType(catalog, type);
}

export interface PortRules {
  readonly catalog: Catalog;
  /** Ports that are never granted: the daemon's own. */
  readonly reserved: ReadonlySet<number>;
}

/** The range of a type that nobody asked for is no reason to keep a program from the port that it is meant to have. */
export const mayLeaveRange = (
  { force, isTypeDefault }: Pick<LeaseRequest, 'force' | 'isTypeDefault'>,
  port: number,
): boolean => force || (isTypeDefault === true && port >= FIRST_UNPRIVILEGED_PORT);

/** Why this port must not be granted to this type, whether or not a program listens there; undefined when it may be. */
export function refusalOf(
  port: number,
  type: ServiceType,
  force: boolean,
  { catalog, reserved }: PortRules,
): StyxyError | undefined {
  if (reserved.has(port)) return notAllowed(port, 'it is the port of the Styxy daemon itself', null);
  if (browsersRefuse(port)) return notAllowed(port, 'browsers refuse to open this port', null);
  if (force) return undefined;
  if (port < FIRST_UNPRIVILEGED_PORT)
    return notAllowed(port, 'ports below 1024 belong to system services', '--force');
  const owner = catalog.typeOfPort(port);
  if (owner && owner.name !== type.name) {
    const why = `it lies in the range of "${owner.name}" (${owner.range.join('-')}), and "${type.name}" was asked for`;
    return notAllowed(port, why, `--type ${owner.name}, or --force`);
  }
  return undefined;
}

function notAllowed(port: number, why: string, option: string | null): StyxyError {
  return new StyxyError('PORT_NOT_ALLOWED', `port ${port} can't be leased`, {
    why,
    hint: option ? `choose another port, or add ${option}` : 'choose another port',
    details: { port },
  });
}
