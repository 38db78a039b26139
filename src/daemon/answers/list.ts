import { requireType } from '../../domain/service-type.ts';
import { isUsedIn } from '../../domain/holds.ts';
import type { Allocation } from '../../protocol/answers/allocation.ts';
import type { ExternalListener } from '../../protocol/answers/listener.ts';
import type { ListAnswer } from '../../protocol/answers/ports.ts';
import type { ListQuery } from '../../protocol/requests/queries.ts';
import { inSlices } from '../../system/slices.ts';
import type { Core } from '../core.ts';
import { typeOfListener } from '../../settings/watched-ports.ts';
import { toAllocation } from '../ledger/allocation.ts';
import type { Observation } from '../machine/observer.ts';

/** The leases, with what listens for each; and the listeners on managed and watched ports that no lease explains. */
export async function listLeases(
  { state, observer }: Pick<Core, 'state' | 'observer'>,
  { type, project }: ListQuery = {},
): Promise<ListAnswer> {
  const { leases, catalog } = state;
  // Types that a project has for itself are known by their leases alone.
  if (type !== undefined && ![...leases.all()].some((lease) => lease.type === type))
    requireType(catalog, type);
  const seen = await observer.observe();
  const external = externalAmong(state, seen).filter(
    (each) =>
      (type === undefined || each.service_type === type) && (project === undefined || isIn(project, each)),
  );
  const allocations: Allocation[] = [];
  await inSlices(Array.from(leases.all()), ({ id }) => {
    // It may have ended, or got another holder, while others had their turn.
    const lease = leases.get(id);
    if (!lease || (type !== undefined && lease.type !== type)) return;
    if (project !== undefined && !isUsedIn(project, lease)) return;
    allocations.push(toAllocation(lease, seen.stateOf(lease)));
  });
  return { allocations, external };
}

/** The worktree of a listener is not known where its folder lies in none. */
const isIn = (project: string, { project_path: worktree, cwd }: ExternalListener): boolean =>
  worktree === project || cwd === project || (cwd?.startsWith(`${project}/`) ?? false);

/** Listeners on managed ports that no lease explains. */
export function externalAmong(
  { leases, catalog, reserved }: Core['state'],
  seen: Pick<Observation, 'all' | 'leaseOf' | 'stateOf'>,
): ExternalListener[] {
  return seen.all().flatMap((listener) => {
    const type = typeOfListener(listener.port, catalog);
    const lease = leases.at(listener.port);
    const isExplained = lease
      ? !seen.stateOf(lease).outsiders.includes(listener)
      : seen.leaseOf(listener) !== undefined;
    if (type === undefined || isExplained || reserved.has(listener.port)) return [];
    return [{ ...listener, service_type: type, since: listener.started_at }];
  });
}
