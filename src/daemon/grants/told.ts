import { serviceKey } from '../../domain/affinity.ts';
import type { Reason } from '../../domain/reason.ts';
import type { LeaseRequest } from '../../domain/request.ts';
import type { ServiceType } from '../../domain/service-type.ts';

/** By port: which service was told that it will be there, until when that holds, and why it was this port. */
export type ToldPorts = Map<number, { key: string; until: number; reason: Reason | undefined }>;

/** Why the service was told this port, if it asks for it because of that; told once only. */
export function takeReasonTold(
  told: ToldPorts,
  port: number,
  { wishedBy, project, name }: Pick<LeaseRequest, 'wishedBy' | 'project' | 'name'>,
  type: ServiceType,
): Reason | undefined {
  const promise = wishedBy === 'project' ? told.get(port) : undefined;
  if (!promise || promise.key !== serviceKey(type, project, name)) return undefined;
  told.set(port, { ...promise, reason: undefined });
  return promise.reason;
}
