import { areAllEphemeral } from '../base/port-number.ts';
import { portsOf, type Lease } from './lease.ts';

/** What the machine shows of one lease. */
export interface SeenListeners {
  /** A process of the lease listens on its port: one of its holder's tree, or one that was started for it; or a container. */
  readonly isBound: boolean;
  /** All ports of programs that were started for the lease, and should be on its port. */
  readonly started: Iterable<number>;
}

export type SeenState = 'granted' | 'bound' | 'drifted' | 'orphaned';

export interface Verdict {
  readonly state: SeenState;
  /** Where the program listens instead; the port to go to first. Empty unless drifted. */
  readonly driftedTo: readonly number[];
}

/** Node's debugger listens here from the first moment, long before the program does. */
const DEBUGGER_PORTS = [9229, 9249] as const;

/**
 * The state of a lease by what is seen. A program on its port is bound, wherever else it listens as well (hot reload,
 * a debugger). Only a program that was started for the lease can drift: a test process that holds one may listen
 * wherever it likes. A port that another lease has, or that nobody may have, is not drifted to.
 */
export function judge(lease: Lease, seen: SeenListeners, isClaimable: (port: number) => boolean): Verdict {
  if (lease.orphanedAt !== undefined) return { state: 'orphaned', driftedTo: lease.driftedTo ?? [] };
  if (seen.isBound) return { state: 'bound', driftedTo: [] };
  const elsewhere = [...new Set(seen.started)].filter((port) => !isDebugger(port) && isClaimable(port));
  if (elsewhere.length === 0) return { state: 'granted', driftedTo: [] };
  return { state: 'drifted', driftedTo: elsewhere.toSorted((a, b) => a - b) };
}

/**
 * A container that publishes the lease's port serves it, if it was made after the lease: at that moment the port was
 * free. An older one that was started again since then may belong to anybody.
 * @param createdAt ISO 8601, cut to the second
 */
export function isServedByContainer(
  { allocatedAt }: Pick<Lease, 'allocatedAt'>,
  createdAt: string | null | undefined,
): boolean {
  return createdAt ? Date.parse(createdAt) >= Math.floor(allocatedAt / 1000) * 1000 : false;
}

/** Where a program of the lease serves. On ports that the system chose, helpers listen for their own use. */
export function servingPorts({ port, driftedTo = [] }: Pick<Lease, 'port' | 'driftedTo'>): readonly number[] {
  return areAllEphemeral(driftedTo) ? [port] : portsOf({ port, driftedTo });
}

/** What has to change in the table when a lease is seen like this; undefined when nothing has. */
export function reconcile(lease: Lease, { state, driftedTo }: Verdict): Lease | undefined {
  if (state === 'orphaned' || isSame(lease.driftedTo ?? [], driftedTo)) return undefined;
  return { ...lease, driftedTo: driftedTo.length > 0 ? driftedTo : undefined };
}

/**
 * The leases as they can live side by side. Two on one port can only come from a record that was lost: the later one
 * is true, and a port that somebody leased is nobody's drift.
 */
export function withoutSharedPorts(leases: Iterable<Lease>): Lease[] {
  const byPort = new Map<number, Lease>();
  for (const lease of leases) byPort.set(lease.port, lease);
  const claimed = new Set(byPort.keys());
  return [...byPort.values()].map((lease) => {
    if (!lease.driftedTo) return lease;
    const driftedTo = lease.driftedTo.filter((port) => !claimed.has(port));
    for (const port of driftedTo) claimed.add(port);
    return { ...lease, driftedTo: driftedTo.length > 0 ? driftedTo : undefined };
  });
}

const isDebugger = (port: number): boolean => port >= DEBUGGER_PORTS[0] && port <= DEBUGGER_PORTS[1];

function isSame(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((port, index) => port === b[index]);
}
