import { serviceOf, type Affinities } from '../../domain/affinity.ts';
import type { CandidateSources } from '../../domain/candidates.ts';
import { createHostNames, type HostNames, type ServiceHost } from '../../domain/host-names.ts';
import { createInstanceTable, type Instance, type InstanceTable } from '../../domain/instance-table.ts';
import type { Lease } from '../../domain/lease.ts';
import { createLeaseTable } from '../../domain/lease-table.ts';
import { createServiceNames, type NamedService, type ServiceNames } from '../../domain/service-names.ts';
import { createQuarantine } from '../../domain/quarantine.ts';
import type { JournalRecord } from '../../domain/records.ts';
import type { Catalog } from '../../domain/service-type.ts';
import { DAEMON_PORT } from '../../settings/defaults.ts';

/**
 * Who sits on a managed port without Styxy is most likely a server that stays: a minute is long enough to cost nothing,
 * and short enough to come back soon. How fast that grows is the user's `recovery.port_conflict.backoff_multiplier`.
 */
const QUARANTINE = { firstMs: 60_000, longestMs: 3_600_000 };
const DEFAULT_MULTIPLIER = 2;

/** Everything that the journal keeps, in memory. */
export interface State extends CandidateSources {
  readonly instances: InstanceTable;
  readonly names: ServiceNames;
  readonly hosts: HostNames;
}

/** What the domain needs to choose ports, filled with what the last daemon left. */
export function createState(
  catalog: Catalog,
  httpPort: number,
  {
    leases: known,
    affinities,
    instances,
    names = createServiceNames(),
    hosts = createHostNames(),
  }: {
    leases: readonly Lease[];
    affinities: Affinities;
    instances?: readonly Instance[];
    names?: ServiceNames;
    hosts?: HostNames;
  },
  quarantineMultiplier: () => number = () => DEFAULT_MULTIPLIER,
): State {
  const leases = createLeaseTable(catalog);
  for (const lease of known) leases.add(lease);
  for (const { ports } of affinities.all()) for (const port of ports) leases.markUsed(port);
  // The default port stays ours even while the daemon listens elsewhere.
  const reserved = new Set([DAEMON_PORT, httpPort]);
  const quarantine = createQuarantine(() => ({ ...QUARANTINE, multiplier: quarantineMultiplier() }));
  return {
    catalog,
    affinities,
    leases,
    reserved,
    quarantine,
    instances: createInstanceTable(instances),
    names,
    hosts,
  };
}

/** The state as journal records: one for each thing alive. */
export function* recordsOf(state: State): Generator<JournalRecord> {
  const { leases, affinities, instances, names, hosts } = state;
  const kept = keptOf(state);
  for (const service of names.all()) if (kept.hasName(service)) yield { op: 'name', service };
  for (const service of hosts.all()) if (kept.hasHost(service)) yield { op: 'host', service };
  for (const each of affinities.all()) {
    const ports = each.ports.filter((port) => affinities.ownerOf(port) === each.key);
    yield { op: 'affinity', ...each, kept: ports };
  }
  for (const lease of leases.all()) yield { op: 'lease', lease };
  for (const instance of instances.all()) yield { op: 'instance', instance };
}

/** A service of that name is live or remembered. */
export function isNameKept(
  { leases, affinities }: Pick<State, 'leases' | 'affinities'>,
  { project, name }: Pick<NamedService, 'project' | 'name'>,
): boolean {
  if (affinities.knows(project, name)) return true;
  for (const lease of leases.all())
    if (lease.name === name && lease.holds.some((hold) => hold.project === project)) return true;
  return false;
}

/** The same for its host name, which a lease without a name has as well. */
export function isHostKept(
  state: Pick<State, 'leases' | 'affinities'>,
  { worktree: project, service: name, host }: ServiceHost,
): boolean {
  for (const lease of state.leases.all()) if (lease.host === host) return true;
  return isNameKept(state, { project, name });
}

/** `isNameKept` and `isHostKept` for those who ask about thousands: leases and affinities are walked once. */
function keptOf({ leases, affinities }: Pick<State, 'leases' | 'affinities'>): {
  hasName: (service: Pick<NamedService, 'project' | 'name'>) => boolean;
  hasHost: (service: ServiceHost) => boolean;
} {
  const keyOf = (project = '', name = ''): string => JSON.stringify([project, name]);
  const hosts = new Set<string>();
  const names = new Set<string>();
  for (const { key } of affinities.all()) {
    const { project, name } = serviceOf(key);
    names.add(keyOf(project, name));
  }
  for (const { name, host, holds } of leases.all()) {
    if (host !== undefined) hosts.add(host);
    for (const { project } of name === undefined ? [] : holds)
      if (project !== undefined) names.add(keyOf(project, name));
  }
  return {
    hasName: ({ project, name }) => names.has(keyOf(project, name)),
    hasHost: ({ worktree, service, host }) => hosts.has(host) || names.has(keyOf(worktree, service)),
  };
}
