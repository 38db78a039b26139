import type { Allocation } from '../../protocol/answers/allocation.ts';
import { othersOfRun } from '../../protocol/same-run.ts';
import type { PortRequest } from '../plan/requests.ts';

/** The lease is one of the service that the request is about, of any type unless the type was asked for. */
export function isSameService(lease: Allocation, request: PortRequest): boolean {
  const { service_type, service_type_default: isAnyType, service_name, service_folder, program } = request;
  if (lease.service_type !== service_type && isAnyType !== true) return false;
  if (program !== undefined && lease.program !== undefined)
    return lease.service_folder === service_folder && lease.program === program;
  // One of them was named by its user, and an unnamed one goes by its name at the top of a worktree only.
  return lease.service_name === service_name && lease.program === undefined && !service_folder;
}

/** The leases that a run holds for the programs of its command, this one among them. */
export function leasesOfRun(lease: Allocation, all: readonly Allocation[]): Allocation[] {
  return [lease, ...othersOfRun(lease, all)];
}
