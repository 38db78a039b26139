import type { LeaseRequest } from '../../domain/request.ts';
import { isOfMachine, type ServiceType } from '../../domain/service-type.ts';
import { speaksHttp } from '../../settings/service-address.ts';
import type { Core } from '../core.ts';
import { isHostKept } from '../ledger/state.ts';

export type HostContext = Pick<Core, 'state' | 'ledger' | 'settings'>;

/**
 * The host name of the service that is asked for, which is its own from now on.
 * @returns undefined: it gets none
 */
export function hostOf(
  { state, ledger, settings }: HostContext,
  { project, name, hostParts }: Pick<LeaseRequest, 'project' | 'name' | 'hostParts'>,
  type: ServiceType,
): string | undefined {
  if (!hostParts || project === undefined || !settings().names || !speaksHttp(type.name)) return undefined;
  const service = name ?? type.name;
  const { isAlone, ...parts } = hostParts;
  // One of the whole machine belongs to no project.
  const wish = isOfMachine(type)
    ? { worktree: '', parts: { project: service }, service, isAlone: true }
    : { worktree: project, parts, service, isAlone };
  const found = state.hosts.hostFor(wish, (each) => isHostKept(state, each));
  ledger.anyway.noteHost(found);
  return found.host;
}
