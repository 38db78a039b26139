import { affinityOf, createAffinities, type Affinities, type Remembered } from './affinity.ts';
import { createHostNames, type HostNames, type ServiceHost } from './host-names.ts';
import type { Instance } from './instance-table.ts';
import type { Lease } from './lease.ts';
import { createServiceNames, type NamedService, type ServiceNames } from './service-names.ts';

/** What the journal says, line by line. Replaying all of them in order gives the state back. */
export type JournalRecord =
  | { readonly op: 'lease'; readonly lease: Lease }
  | { readonly op: 'end'; readonly id: string }
  | ({ readonly op: 'affinity' } & RememberedRecord)
  | { readonly op: 'forget'; readonly key: string }
  | { readonly op: 'name'; readonly service: NamedService }
  | { readonly op: 'host'; readonly service: ServiceHost }
  | { readonly op: 'instance'; readonly instance: Instance }
  | { readonly op: 'instance_end'; readonly id: string };

interface RememberedRecord extends Remembered {
  /** Which of the ports are kept for the service from then on; all in records of older versions. */
  readonly kept?: readonly number[] | undefined;
}

/** What the records of a journal leave, read one after the other. */
export interface Replayed {
  readonly leases: Map<string, Lease>;
  readonly instances: Map<string, Instance>;
  readonly affinities: Affinities;
  /** The names that services had, live or not. */
  readonly names: ServiceNames;
  /** The host names that services had, live or not. */
  readonly hosts: HostNames;
}

export const createReplayed = (): Replayed => ({
  leases: new Map(),
  instances: new Map(),
  affinities: createAffinities(),
  names: createServiceNames(),
  hosts: createHostNames(),
});

/** The next record. */
export function replay(into: Replayed, record: JournalRecord): void {
  const { leases, instances, affinities, names, hosts } = into;
  if (record.op === 'lease') replayLease(into, record.lease);
  else if (record.op === 'end') leases.delete(record.id);
  else if (record.op === 'forget') affinities.forget(record.key);
  else if (record.op === 'affinity') {
    const { op: _, kept = record.ports, ...service } = record;
    affinities.restore(service, kept);
  } else if (record.op === 'name') names.note(record.service);
  else if (record.op === 'host') hosts.note(record.service);
  else if (record.op === 'instance') instances.set(record.instance.id, record.instance);
  else instances.delete(record.id);
}

function replayLease({ leases, affinities, names }: Replayed, lease: Lease): void {
  const { name, holds, port } = lease;
  leases.set(lease.id, lease);
  for (const hold of holds) names.note({ ...hold, name });
  const key = affinityOf(lease);
  if (key !== undefined) affinities.noteLast(key, port);
}
