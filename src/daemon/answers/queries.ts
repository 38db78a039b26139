import { StyxyError } from '../../base/styxy-error.ts';
import { candidatePorts } from '../../domain/candidates.ts';
import { requireType, typeForWish } from '../../domain/service-type.ts';
import { isUsedIn } from '../../domain/sharing.ts';
import { singletonKey } from '../../domain/singleton.ts';
import type { Allocation, CheckAnswer, ExternalListener } from '../../protocol/allocation.ts';
import { MOST_SUGGESTIONS, type Coordinator } from '../../protocol/coordinator.ts';
import type { UserConfig } from '../../settings/schema.ts';
import { inSlices } from '../../system/slices.ts';
import type { GrantParts } from '../grants/grant.ts';
import { holderWords } from './describe-holder.ts';
import type { Observation, Observer } from '../machine/observer.ts';
import type { Provisioner } from '../grants/provision.ts';
import { scanPorts } from './scan.ts';
import { projectTypeOf } from '../grants/project-type.ts';
import { toAllocation } from '../ledger/allocation.ts';

/** The questions that change nothing: what is leased, what really listens, what is free. */
export function createQueries({
  sources,
  observer,
  isPortFree,
  clock,
  settings,
  provisioner,
}: Pick<GrantParts, 'sources' | 'isPortFree' | 'clock'> & {
  observer: Observer;
  provisioner: Pick<Provisioner, 'preview'>;
  settings: () => UserConfig;
}): Pick<Coordinator, 'list' | 'check' | 'suggest' | 'scan'> {
  const { leases, catalog, reserved } = sources;

  function externalAmong(seen: Observation): ExternalListener[] {
    return seen.all().flatMap((listener) => {
      const type = catalog.typeOfPort(listener.port);
      const isExplained = leases.at(listener.port) ?? seen.leaseOf(listener);
      if (!type || isExplained || reserved.has(listener.port)) return [];
      return [{ ...listener, service_type: type.name, since: listener.started_at }];
    });
  }

  const hasLeases = (type: string): boolean => [...leases.all()].some((lease) => lease.type === type);

  async function checkUnleased(port: number): Promise<CheckAnswer> {
    const taken = { port, available: false, allocation: null };
    if (reserved.has(port))
      return { ...taken, listener: null, reason: 'it is the port of the Styxy daemon itself' };
    if (await isPortFree(port)) return { ...taken, available: true, listener: null, reason: 'free' };
    // A listener that came since the last look is there all the same: the probe has just met it.
    const known = await observer.look();
    const seen = known.listenersOn(port).length > 0 ? known : await observer.look({ afresh: true });
    const [listener] = seen.listenersOn(port);
    if (listener) {
      const drifted = seen.leaseOf(listener);
      const reason = drifted
        ? `${holderWords(listener)}, which has a lease on ${drifted.port}`
        : `${holderWords(listener)}${listener.pid === null ? '' : ', which did not go through Styxy'}`;
      const allocation = drifted ? toAllocation(drifted, seen.stateOf(drifted)) : null;
      return { ...taken, allocation, listener, reason };
    }
    const reason =
      'nothing listens there, but the system keeps it busy (an outgoing or a closing connection)';
    return { ...taken, listener: null, reason };
  }

  return {
    async list({ type, project } = {}) {
      // Types that a project has for itself are known by their leases alone.
      if (type !== undefined && !hasLeases(type)) requireType(catalog, type);
      const seen = await observer.look();
      const external = externalAmong(seen);
      const allocations: Allocation[] = [];
      await inSlices(Array.from(leases.all()), ({ id }) => {
        // It may have ended, or got another holder, while others had their turn.
        const lease = leases.get(id);
        if (!lease || (type !== undefined && lease.type !== type)) return;
        if (project !== undefined && !isUsedIn(project, lease)) return;
        allocations.push(toAllocation(lease, seen.stateOf(lease)));
      });
      return { allocations, external };
    },

    async check(port) {
      const lease = leases.at(port);
      if (!lease) return checkUnleased(port);
      const allocation = toAllocation(lease, (await observer.look()).stateOf(lease));
      const owner = `"${lease.name ?? lease.type}"${lease.project ? ` in ${lease.project}` : ''}`;
      const reason =
        lease.port === port ? `leased to ${owner}` : `held by ${owner}, which has a lease on ${lease.port}`;
      return { port, available: false, allocation, listener: allocation.listeners[0] ?? null, reason };
    },

    scan: (query = {}) => scanPorts(query, observer, sources),

    async suggest(typeName, query = {}) {
      const { preferred_port: wish, service_type_default: isDefault } = query;
      const own = projectTypeOf({ ...query, service_type: typeName }, catalog);
      const isNew = !own && !isDefault && !catalog.types.has(typeName);
      const named = isDefault ? typeForWish(catalog, typeName, wish) : typeName;
      const type = isNew
        ? await provisioner.preview(typeName, query.force ?? false)
        : (own ?? requireType(catalog, named));
      const { count: wanted = 1 } = query;
      if (!Number.isInteger(wanted) || wanted < 1 || wanted > MOST_SUGGESTIONS) {
        throw new StyxyError(
          'INVALID_REQUEST',
          `count: ${wanted} is not a number from 1 to ${MOST_SUGGESTIONS}`,
        );
      }
      const request = {
        port: undefined,
        prefer: wish,
        preferredAt: settings().instance_templates[query.instance_id ?? ''],
        avoid: [],
        force: false,
        project: query.project_path,
        name: query.service_name,
      };
      // A service that runs already, and runs once, has its port.
      const service = query.service_name;
      const key = service === undefined ? undefined : singletonKey(type, service, query.project_path);
      const running = key === undefined ? undefined : leases.shared(key);
      const suggestions: number[] = running ? [running.port] : [];
      for (const port of candidatePorts(request, type, sources, clock())) {
        if (suggestions.length >= wanted) break;
        if (await isPortFree(port)) suggestions.push(port);
        // No request would be passed on to the next port either.
        else if (!settings().recovery.port_conflict.enabled) break;
      }
      const { name, range } = type;
      return { service_type: name, suggestions, ...(isNew && { auto_allocated: true, range: [...range] }) };
    },
  };
}
