import { serviceKey } from '../../domain/affinity.ts';
import type { Reason } from '../../domain/reason.ts';
import type { LeaseRequest } from '../../domain/request.ts';
import type { ServiceType } from '../../domain/service-type.ts';

/** By port: which service was told that it will be there, until when that holds, and why it was this port. */
export type ToldPorts = Map<number, { key: string; until: number; reason: Reason | undefined }>;

/** What is known of who asks for a port. */
type Asker = Pick<LeaseRequest, 'wishedBy' | 'project' | 'name'>;

/** Why the service was told this port, if it asks for it because of that. */
export function reasonTold(
  told: ToldPorts,
  port: number,
  { wishedBy, project, name }: Asker,
  type: ServiceType,
): Reason | undefined {
  const promise = wishedBy === 'project' ? told.get(port) : undefined;
  return promise?.key === serviceKey(type, project, name) ? promise?.reason : undefined;
}

/** The same for a service that starts; told once only. */
export function takeReasonTold(
  told: ToldPorts,
  port: number,
  asker: Asker,
  type: ServiceType,
): Reason | undefined {
  const reason = reasonTold(told, port, asker, type);
  const promise = told.get(port);
  if (reason && promise) told.set(port, { ...promise, reason: undefined });
  return reason;
}
