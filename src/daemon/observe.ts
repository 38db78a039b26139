import type { Lease } from '../domain/lease.ts';
import type { LeaseTable } from '../domain/lease-table.ts';
import type { LeaseState } from '../protocol/allocation.ts';
import type { Listener } from '../system/ports/listeners.ts';

/** How long one look at the machine's listeners serves all who ask. ms */
const FRESH_FOR_MS = 150;

/** The facts of the machine that the observer needs; passed in so that tests can show it any machine. */
export interface MachineFacts {
  readListeners(): Promise<Listener[]>;
  parentOf(pid: number): number | undefined;
  /** The lease whose marker stands in the process's environment. */
  leaseMarkerOf(pid: number): string | undefined;
}

export interface Observation {
  listenersOn(port: number): readonly Listener[];
  /** What the machine says about this lease. */
  stateOf(lease: Lease): { state: LeaseState; listeners: readonly Listener[] };
  all(): readonly Listener[];
  /** The lease whose holder's process tree this listener is in, on whatever port. */
  leaseOf(listener: Listener): Lease | undefined;
}

export interface Observer {
  /** All listeners of the machine, at most 150 ms old; as of now when `afresh`. */
  look(options?: { afresh?: boolean }): Promise<Observation>;
}

/**
 * Says what really listens, and for which lease: a listener belongs to a lease when its process carries the lease's
 * marker in its environment, or descends from the lease's holder or service.
 */
export function createObserver(facts: MachineFacts, leases: LeaseTable, clock: () => number): Observer {
  let latest: { at: number; observation: Promise<Observation> } | undefined;

  async function observe(): Promise<Observation> {
    const owners = processesOfLeases(leases);
    const listeners = await facts.readListeners();
    const byPort = new Map<number, Listener[]>();
    const byLease = new Map<string, Listener[]>();
    const ownerOf = new Map<Listener, string>();
    for (const listener of listeners) {
      append(byPort, listener.port, listener);
      for (const id of leasesOf(listener.pid, owners, facts)) {
        append(byLease, id, listener);
        ownerOf.set(listener, id);
      }
    }
    return {
      all: () => listeners,
      leaseOf: (listener) => leases.get(ownerOf.get(listener) ?? ''),
      listenersOn: (port) => byPort.get(port) ?? [],
      stateOf: (lease) => judge(lease, byLease.get(lease.id) ?? [], byPort.get(lease.port) ?? [], leases),
    };
  }

  return {
    look({ afresh = false } = {}) {
      const now = clock();
      // A clock that was set back must not keep an old look fresh.
      if (afresh || !latest || Math.abs(now - latest.at) > FRESH_FOR_MS)
        latest = { at: now, observation: observe() };
      return latest.observation;
    },
  };
}

function judge(lease: Lease, own: readonly Listener[], onPort: readonly Listener[], leases: LeaseTable) {
  const bound = own.filter(({ port }) => port === lease.port);
  if (bound.length > 0) return { state: 'bound' as const, listeners: bound };
  // Only a program started for this lease can drift: a test process may listen wherever it likes.
  const elsewhere = lease.service ? own.filter(({ port }) => !leases.at(port)) : [];
  if (elsewhere.length > 0) return { state: 'drifted' as const, listeners: elsewhere };
  return { state: 'granted' as const, listeners: onPort };
}

/** Which leases a process stands for: as holder, or as the service started with the port. */
function processesOfLeases(leases: LeaseTable): Map<number, string[]> {
  const owners = new Map<number, string[]>();
  for (const { id, holder, service } of leases.all()) {
    const pids = new Set([service?.pid, 'pid' in holder ? holder.pid : undefined]);
    for (const pid of pids) if (pid !== undefined) append(owners, pid, id);
  }
  return owners;
}

function append<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const values = map.get(key);
  if (values) values.push(value);
  else map.set(key, [value]);
}

function leasesOf(pid: number | null, owners: Map<number, string[]>, facts: MachineFacts): string[] {
  if (pid === null || owners.size === 0) return [];
  const marked = facts.leaseMarkerOf(pid);
  const found = new Set<string>(marked === undefined ? [] : [marked]);
  for (let ancestor: number | undefined = pid, depth = 0; ancestor && depth < 64; depth++) {
    const ids = owners.get(ancestor);
    if (ids) {
      for (const id of ids) found.add(id);
      break;
    }
    ancestor = facts.parentOf(ancestor);
  }
  return [...found];
}
