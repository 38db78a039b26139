import { StyxyError } from '../base/styxy-error.ts';
import type { Lease } from './lease.ts';
import type { LeaseTable } from './lease-table.ts';
import type { LeaseRequest } from './request.ts';
import { isOfMachine, type ServiceType } from './service-type.ts';

/**
 * What identifies the one lease of a service that runs once: its type and name, and its project where the type says so.
 * Undefined for types of which many may run.
 */
export function singletonKey(
  type: ServiceType | undefined,
  name: string | undefined,
  project: string | undefined,
): string | undefined {
  if (type?.behavior !== 'single') return undefined;
  const scope = isOfMachine(type) ? null : (project ?? null);
  return JSON.stringify([type.name, name ?? null, scope]);
}

/**
 * The lease that the service has already, unless its port has just failed for this asker.
 * @throws StyxyError PORT_TAKEN when it has another port than the one that it must have now
 */
export function liveSingleton(
  { name, type, port, avoid, share }: LeaseRequest,
  leases: LeaseTable,
): Lease | undefined {
  const lease = share === undefined ? undefined : leases.shared(share.key);
  if (!lease || avoid.includes(lease.port)) return undefined;
  if (port === undefined || port === lease.port) return lease;
  throw new StyxyError('PORT_TAKEN', `"${name ?? type}" can't have port ${port}`, {
    why: `services of type "${type}" run once, and this one has port ${lease.port}`,
    hint: `use port ${lease.port}, or give the service another name`,
    details: { port, lock_id: lease.id },
  });
}
