import type { RangeUse } from '../../protocol/answers/status.ts';
import type { Core } from '../core.ts';
import type { Observation } from '../machine/observer.ts';

/** How full the range of each service type is. @param seen undefined: what listens is not known */
export function usesOfRanges(
  { catalog, leases, affinities, reserved, quarantine }: Core['state'],
  seen: Observation | undefined,
  now: number,
): RangeUse[] {
  const used = new Set(seen?.all().map(({ port }) => port));
  return Array.from(catalog.types.values(), ({ name, range: [first, last] }): RangeUse => {
    const quarantined: number[] = [];
    const counts = { leased: 0, external: 0, kept: 0, free: 0 };
    for (let port = first; port <= last; port++) {
      if (reserved.has(port)) continue;
      if (leases.at(port)) counts.leased += 1;
      else if (used.has(port)) counts.external += 1;
      else if (affinities.ownerOf(port) !== undefined) counts.kept += 1;
      else {
        counts.free += 1;
        if (quarantine.has(port, now)) quarantined.push(port);
      }
    }
    return { service_type: name, range: [first, last], ...counts, quarantined };
  }).toSorted((a, b) => a.range[0] - b.range[0]);
}
