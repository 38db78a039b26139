import { affinityOf, type Affinities, type Remembered } from './affinity.ts';
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

/** The leases that the records leave alive; what they teach about affinity goes into `affinities`. */
export function replay(records: Iterable<JournalRecord>, affinities: Affinities): Map<string, Lease> {
  const live = new Map<string, Lease>();
  for (const record of records) {
    if (record.op === 'end') live.delete(record.id);
    else if (record.op === 'forget') affinities.forget(record.key);
    else if (record.op === 'affinity') {
      const { op: _, kept = record.ports, ...service } = record;
      affinities.restore(service, kept);
    } else if (record.op === 'lease') {
      live.set(record.lease.id, record.lease);
      const { port } = record.lease;
      const key = affinityOf(record.lease);
      if (key !== undefined) affinities.noteLast(key, port);
    }
  }
  return live;
}

/** The names that services had, live or not. */
export function replayNames(records: Iterable<JournalRecord>): ServiceNames {
  const names = createServiceNames();
  for (const record of records) {
    if (record.op === 'name') names.note(record.service);
    else if (record.op === 'lease') {
      const { name, holds } = record.lease;
      for (const hold of holds) names.note({ ...hold, name });
    }
  }
  return names;
}

/** The host names that services had, live or not. */
export function replayHosts(records: Iterable<JournalRecord>): HostNames {
  const hosts = createHostNames();
  for (const record of records) if (record.op === 'host') hosts.note(record.service);
  return hosts;
}

/** The instances that the records leave alive. */
export function replayInstances(records: Iterable<JournalRecord>): Map<string, Instance> {
  const live = new Map<string, Instance>();
  for (const record of records) {
    if (record.op === 'instance') live.set(record.instance.id, record.instance);
    else if (record.op === 'instance_end') live.delete(record.id);
  }
  return live;
}
