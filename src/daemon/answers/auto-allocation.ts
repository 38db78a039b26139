import type { AutoAllocatedType, AutoAllocationAnswer } from '../../protocol/answers/config.ts';
import type { ServiceType } from '../../domain/service-type.ts';
import { isAutoAllocated, ruleOf } from '../grants/auto-types.ts';
import { fixedPorts, type ProvisionContext } from '../grants/provision.ts';
import type { Observer } from '../machine/observer.ts';

export function countAutoAllocated({ state, config }: Pick<ProvisionContext, 'state' | 'config'>): number {
  const settings = config.settings();
  return [...state.catalog.types.keys()].filter((name) => isAutoAllocated(name, settings)).length;
}

/** What is in force for unknown service types, who says so, and the types that were made. */
export async function reportAutoAllocation(
  context: ProvisionContext & { readonly observer: Observer },
): Promise<AutoAllocationAnswer> {
  const { state, config, configFile } = context;
  const seen = await context.observer.observe();
  const [first, last] = (await fixedPorts(context)).ephemeral;
  const settings = config.settings();
  const { auto_allocation: general, auto_allocation_rules: rules } = settings;
  const originOf = (path: string) => (config.isWritten(path) ? 'user' : 'built-in');

  function describe({ name, range }: ServiceType): AutoAllocatedType {
    const live = [...state.leases.all()].filter(({ type }) => type === name);
    let free = 0;
    for (let port = range[0]; port <= range[1]; port++) {
      if (!state.leases.at(port) && seen.listenersOn(port).length === 0) free += 1;
    }
    return {
      service_type: name,
      range: [...range],
      rule: ruleOf(name, settings) ?? null,
      free,
      leases: live
        .toSorted((a, b) => a.port - b.port)
        .map((lease) => ({
          port: lease.port,
          lock_id: lease.id,
          service_name: lease.name ?? null,
          project_path: lease.holds[0].project ?? null,
        })),
    };
  }

  return {
    ...general,
    rules,
    origin: {
      ...Object.fromEntries(Object.keys(general).map((key) => [key, originOf(`auto_allocation.${key}`)])),
      rules: originOf('auto_allocation_rules'),
    },
    ephemeral_ports: [first, last],
    config_file: configFile,
    types: [...state.catalog.types.values()]
      .filter(({ name }) => isAutoAllocated(name, settings))
      .toSorted((a, b) => a.range[0] - b.range[0])
      .map(describe),
  };
}
