import { affinityKey, type Affinities } from './affinity.ts';
import type { LeaseTable } from './lease-table.ts';
import type { Quarantine } from './quarantine.ts';
import { refusalOf, type LeaseRequest, type PortRules } from './request.ts';
import type { ServiceType } from './service-type.ts';

export interface CandidateSources extends PortRules {
  readonly leases: LeaseTable;
  readonly affinities: Affinities;
  readonly quarantine: Quarantine;
}

/**
 * The ports that may be granted for a request, best first. None is leased; whether one is free on this machine is the
 * caller's question to the OS, asked one by one.
 *
 * Order: the exact port alone; the wish; the ports this service had before; the preferred port of the instance's
 * template; the type's preferred ports; ports nobody ever had; ports given back, longest ago first. Ports that another service is used to and ports in quarantine come
 * last: used only when nothing else is left.
 */
export function* candidatePorts(
  request: Pick<LeaseRequest, 'port' | 'prefer' | 'preferredAt' | 'avoid' | 'project' | 'name' | 'force'>,
  type: ServiceType,
  sources: CandidateSources,
  now: number,
): Generator<number> {
  const { leases, affinities, quarantine } = sources;
  const grantable = (port: number): boolean =>
    !leases.at(port) && !refusalOf(port, type, request.force, sources);

  if (request.port !== undefined) {
    if (!leases.at(request.port)) yield request.port;
    return;
  }

  const self = affinityKey(request.project, type.name, request.name);
  const tried = new Set<number>(request.avoid);
  const lastResort: number[] = [];

  function* once(ports: Iterable<number>, contested: (port: number) => boolean): Generator<number> {
    for (const port of ports) {
      if (tried.has(port) || !grantable(port)) continue;
      tried.add(port);
      if (contested(port)) lastResort.push(port);
      else yield port;
    }
  }
  const never = (): boolean => false;
  const contested = (port: number): boolean => {
    const owner = affinities.ownerOf(port);
    return quarantine.has(port, now) || (owner !== undefined && owner !== self);
  };

  if (request.prefer !== undefined) yield* once([request.prefer], never);
  if (self !== undefined) yield* once(affinities.portsOf(self), never);
  yield* once(portOfTemplate(type, request.preferredAt), contested);
  yield* once(type.preferred, contested);
  yield* once(leases.pool(type).fresh(), contested);
  yield* once(leases.pool(type).returned(), contested);
  yield* lastResort;
}

/** The n-th preferred port; past the end of the list, the n-th port of the range, so that each template has its own. */
function portOfTemplate({ preferred, range: [first, last] }: ServiceType, at = 0): number[] {
  const port = preferred[at] ?? (at > 0 && first + at <= last ? first + at : undefined);
  return port === undefined ? [] : [port];
}
