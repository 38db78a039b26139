import { affinityOf, serviceOf, type Remembered } from '../../domain/affinity.ts';
import type { RememberedService } from '../../protocol/answers/remembered.ts';
import type { Core } from '../core.ts';

/** The service that a port is kept for. */
export function describeKept(state: Core['state'], port: number): RememberedService | undefined {
  const owner = state.affinities.ownerOf(port);
  const remembered = owner === undefined ? undefined : state.affinities.get(owner);
  return remembered && describer(state)(remembered);
}

/** As the wire has it. */
export function describer({ leases }: Core['state']): (remembered: Remembered) => RememberedService {
  const live = new Set(Array.from(leases.all(), affinityOf));
  return ({ key, ports, at, isTold = false }) => {
    const { project, type, name } = serviceOf(key);
    return {
      service_name: name,
      service_type: type,
      project_path: project ?? null,
      ports: [...ports],
      last_listened_at: at === undefined || isTold ? null : new Date(at).toISOString(),
      promised: isTold,
      live: live.has(key),
    };
  };
}
