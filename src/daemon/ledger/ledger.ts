import type { Logger } from '../../base/log.ts';
import { messageOf } from '../../base/styxy-error.ts';
import type { Clock } from '../../base/clock.ts';
import { affinityOf, type PortFacts, type Remembered } from '../../domain/affinity.ts';
import type { ServiceHost } from '../../domain/host-names.ts';
import type { Instance } from '../../domain/instance-table.ts';
import type { NamedService } from '../../domain/service-names.ts';
import type { EndReason, Lease } from '../../domain/lease.ts';
import type { JournalRecord } from '../../domain/records.ts';
import type { Journal } from './journal.ts';
import type { State } from './state.ts';

/** Told after the journal and the table have changed, in the order of subscription. */
export interface LedgerSubscriber {
  /** @param before undefined: the lease is new, or was read back from the journal */
  changed?(lease: Lease, before: Lease | undefined): void;
  ended?(lease: Lease, reason: EndReason): void;
  /** It is new, was heard of again, or was read back from the journal. */
  instanceHeard?(instance: Instance): void;
  instanceEnded?(instance: Instance): void;
  remembered?(service: Remembered): void;
}

/** What can be written. Each is in the journal before it is in memory. @throws StyxyError STATE_UNWRITABLE */
export interface LedgerEntries {
  change(lease: Lease): void;
  /** Does nothing when the lease has ended already. */
  end(id: string, reason: EndReason): void;
  putInstance(instance: Instance): void;
  removeInstance(id: string): void;
  /** The service has listened on this port, or was promised it. */
  remember(key: string, port: number, facts?: Omit<PortFacts, 'at'>): void;
  /** A service that its user has not named has this name, from now on. */
  noteName(service: NamedService): void;
  /** The service has this host name, from now on. */
  noteHost(service: ServiceHost): void;
  /** The ports of the service are kept for it no longer. */
  forget(key: string): void;
}

/** The only place that writes the journal and changes the tables of leases, instances and affinities. */
export interface Ledger extends LedgerEntries {
  /** All or nothing: a lease that can't be written down does not exist. @throws StyxyError STATE_UNWRITABLE */
  add(lease: Lease): void;
  /**
   * The same for what has already happened (a holder died): it holds even if it can't be written down. Read back from
   * an old journal, such a lease finds no holder and ends then.
   */
  readonly anyway: LedgerEntries;
  subscribe(subscriber: LedgerSubscriber): void;
  /** Tells the subscribers about the leases and instances that were in the tables from the start. */
  resume(): void;
}

export interface LedgerParts {
  readonly state: Pick<State, 'leases' | 'affinities' | 'instances' | 'names' | 'hosts'>;
  readonly journal: Pick<Journal, 'append'>;
  readonly clock: Clock;
  readonly log: Logger;
}

export function createLedger({ state, journal, clock, log }: LedgerParts): Ledger {
  const { leases, affinities } = state;
  const subscribers: LedgerSubscriber[] = [];

  const tellChanged = (lease: Lease, before: Lease | undefined): void => {
    for (const subscriber of subscribers) subscriber.changed?.(lease, before);
  };

  function appendAnyway(record: JournalRecord): void {
    try {
      journal.append(record);
    } catch (error) {
      log.error('the journal misses a record', { error: messageOf(error) });
    }
  }

  const entries = (append: Journal['append']): LedgerEntries => ({
    change(lease) {
      append({ op: 'lease', lease });
      const before = leases.get(lease.id);
      leases.replace(lease);
      tellChanged(lease, before);
    },
    end(id, reason) {
      const lease = leases.get(id);
      if (!lease) return;
      append({ op: 'end', id });
      leases.remove(id);
      for (const subscriber of subscribers) subscriber.ended?.(lease, reason);
    },
    putInstance(instance) {
      append({ op: 'instance', instance });
      state.instances.put(instance);
      for (const subscriber of subscribers) subscriber.instanceHeard?.(instance);
    },
    removeInstance(id) {
      const instance = state.instances.get(id);
      if (!instance) return;
      append({ op: 'instance_end', id });
      state.instances.remove(id);
      for (const subscriber of subscribers) subscriber.instanceEnded?.(instance);
    },
    remember(key, port, facts) {
      affinities.remember(key, port, { at: clock(), ...facts });
      const remembered = affinities.get(key);
      if (!remembered) return;
      append({ op: 'affinity', ...remembered, kept: [port] });
      for (const subscriber of subscribers) subscriber.remembered?.(remembered);
    },
    ...nameEntries(state, append),
    forget(key) {
      append({ op: 'forget', key });
      affinities.forget(key);
    },
  });

  return {
    ...entries((record) => journal.append(record)),
    anyway: entries(appendAnyway),
    add(lease) {
      // The table first: it refuses a port that is leased already.
      leases.add(lease);
      try {
        journal.append({ op: 'lease', lease });
      } catch (error) {
        leases.remove(lease.id);
        throw error;
      }
      for (const hold of lease.holds) state.names.note({ ...hold, name: lease.name });
      const key = affinityOf(lease);
      if (key !== undefined) affinities.noteLast(key, lease.port);
      tellChanged(lease, undefined);
    },
    subscribe: (subscriber) => void subscribers.push(subscriber),
    resume() {
      for (const instance of state.instances.all())
        for (const subscriber of subscribers) subscriber.instanceHeard?.(instance);
      for (const lease of leases.all()) tellChanged(lease, undefined);
    },
  };
}

/** What services are called. */
function nameEntries(
  { names, hosts }: LedgerParts['state'],
  append: Journal['append'],
): Pick<LedgerEntries, 'noteName' | 'noteHost'> {
  return {
    noteName(service) {
      append({ op: 'name', service });
      names.note(service);
    },
    noteHost(service) {
      if (!hosts.has(service)) append({ op: 'host', service });
      hosts.note(service);
    },
  };
}
