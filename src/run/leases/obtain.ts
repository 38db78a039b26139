import type { StyxyError } from '../../base/styxy-error.ts';
import type { Connection } from '../../client/connection.ts';
import {
  type EndingNotice,
  holdLease,
  type HeldLease,
  type HoldOrder,
  type InnerEvent,
  type Move,
  type MoveEvent,
} from '../../client/held-lease.ts';
import { isNoCoordinator } from '../../client/no-coordinator.ts';
import type { AllocateAnswer } from '../../protocol/answers/lease.ts';
import type { AllocateBody } from '../../protocol/requests/allocate.ts';
import { END_GRACE_MS } from '../../settings/defaults.ts';
import type { ExitStatus } from '../../system/process/exit-status.ts';
import type { RunPlan } from '../plan/plan.ts';
import type { PortRequest } from '../plan/requests.ts';
import type { LeasedPorts } from '../plan/ports.ts';

/** The ports to run with. */
export interface RunPorts {
  /** Of the service's own port; without a lease (no daemon) only the port is known. */
  readonly allocation: Pick<AllocateAnswer, 'port' | 'url'> & Partial<AllocateAnswer>;
  readonly ports: LeasedPorts;
}

/** The same, leased if a daemon could be had. */
export interface RunLease extends RunPorts {
  /** Of each of `ports`. */
  readonly allocations: readonly RunPorts['allocation'][];
  /** Why nothing reserves these ports. */
  readonly unreserved: StyxyError | undefined;
  /** Of each of `ports`. */
  readonly held: readonly PortLease[];
  /** `name`: of the one of several programs that it was the lease of. */
  onLost(listener: (reason: string, name?: string) => void): void;
  onMoved(listener: (event: MoveEvent) => void): void;
  onInner(listener: (event: InnerEvent) => void): void;
  /** `name`: of the one of several programs whose lease it is. */
  onEnding(listener: (notice: EndingNotice, name?: string) => void): void;
  /** By any of its ports. @param server the one that is to move, from 0 */
  onOrder(listener: (order: HoldOrder, move?: Move & { server: number }) => void): void;
  attach(pid: number): void;
  /** Gives the ports back; what the command has left running keeps its own. */
  leave(): Promise<void>;
  release(): Promise<void>;
}

/** One of its ports. */
export type PortLease = Omit<HeldLease, 'allocation'> & Pick<RunLease, 'allocation' | 'unreserved'>;

/**
 * Leases all ports of a run or none; when no coordinator can be had, ports that are free at this moment. When the
 * service runs already, only its own lease is told.
 * @param before what the same run has had: of its leases only those are asked for again that have ended
 * @throws StyxyError of the request that was refused
 */
export async function obtainPorts(
  connection: Connection,
  [own, ...more]: RunPlan['ports'],
  before: readonly PortLease[] = [],
): Promise<RunLease> {
  const obtain = async (request: PortRequest, index: number): Promise<PortLease> => {
    const had = before[index];
    return had?.isHeld() ? had : obtainPort(connection, request);
  };
  const main = await obtain(own, 0);
  const others: { name: string; lease: PortLease }[] = [];
  try {
    for (const [index, request] of (isOthers(main) ? [] : more).entries()) {
      // Without a daemon only this run remembers which ports it has already.
      const unreserved = [main, ...others.map(({ lease }) => lease)].filter((lease) => lease.unreserved);
      const had = unreserved.map(({ allocation }) => allocation.port);
      const lease = await obtain({ ...request, avoid: [...(own.avoid ?? []), ...had] }, index + 1);
      others.push({ name: request.service_name, lease });
    }
  } catch (error) {
    await Promise.all([main, ...others.map(({ lease }) => lease)].map((lease) => lease.release()));
    throw error;
  }
  const all = [main, ...others.map(({ lease }) => lease)];
  const names = [own.service_name, ...others.map(({ name }) => name)];
  return {
    allocation: main.allocation,
    ports: [
      { name: own.service_name, port: main.allocation.port },
      ...others.map(({ name, lease }) => ({ name, port: lease.allocation.port })),
    ],
    allocations: all.map(({ allocation }) => allocation),
    held: all,
    unreserved: all.find(({ unreserved }) => unreserved)?.unreserved,
    onLost: (listener) =>
      all.forEach((lease, index) =>
        lease.onLost((reason) => listener(reason, namedAmong(all, names, index))),
      ),
    onEnding: (listener) =>
      all.forEach((lease, index) =>
        lease.onEnding((notice) => listener(notice, namedAmong(all, names, index))),
      ),
    onInner: (listener) => main.onInner(listener),
    onOrder: (listener) =>
      all.forEach((lease, server) =>
        lease.onOrder((order, move) => listener(order, move && { ...move, server })),
      ),
    onMoved: (listener) => all.forEach((lease) => lease.onMoved(listener)),
    attach: (pid) => all.forEach((lease) => lease.attach(pid)),
    leave: async () => void (await Promise.all(all.map((lease) => lease.leave()))),
    release: async () => void (await Promise.all(all.map((lease) => lease.release()))),
  };
}

/** The name of one of several. */
function namedAmong(all: readonly PortLease[], asked: readonly string[], index: number): string | undefined {
  return all.length > 1 ? (all[index]?.allocation.service_name ?? asked[index]) : undefined;
}

/** Each program of the run carries one of them. */
export const lockIdsOf = ({ allocations }: Pick<RunLease, 'allocations'>): string[] =>
  allocations.flatMap(({ lock_id: id }) => id ?? []);

/** The service runs already under this lease. One that only a deadline holds, where nothing listens, may be used. */
export function isOthers(lease: Pick<RunLease, 'allocation'>): lease is { allocation: AllocateAnswer } {
  const { existing, shared, share_id, holder, inside, listeners = [] } = lease.allocation;
  if (!existing || inside) return false;
  if (shared === true || listeners.length > 0) return true;
  // A share is given when no wrapper serves; a process that holds the lease without one may be about to.
  return share_id === undefined ? holder?.kind !== 'ttl' : holder?.kind === 'process';
}

async function obtainPort(connection: Connection, request: PortRequest): Promise<PortLease> {
  try {
    return { ...(await holdLease(connection, { ...request, takes_orders: true })), unreserved: undefined };
  } catch (error) {
    if (!isNoCoordinator(error)) throw error;
    return unreservedPort(request, error);
  }
}

async function unreservedPort(request: AllocateBody, reason: StyxyError): Promise<PortLease> {
  const wish = request.port ?? request.preferred_port;
  const { builtInTypeFor } = await import('../../settings/service-types.ts');
  const type = builtInTypeFor(
    request.service_type,
    request.service_type_default && !request.service_type_known ? wish : undefined,
    request.service_type_definition,
  );
  const { takeFreePort } = await import('../../client/free-port.ts');
  const { port: exact, preferred_port: prefer, default_port: own, avoid } = request;
  const port = await takeFreePort(type, { port: exact, wishes: [prefer, own], avoid });
  const nothing = async (): Promise<void> => undefined;
  return {
    allocation: { port, url: `http://localhost:${port}` },
    unreserved: reason,
    isHeld: () => true,
    onLost: () => undefined,
    onMoved: () => undefined,
    onInner: () => undefined,
    onEnding: () => undefined,
    onOrder: () => undefined,
    attach: () => undefined,
    leave: nothing,
    release: nothing,
  };
}

/** What is told of the end of leases and programs. */
export interface EndReporter {
  /** @param service of several, whose lease it was */
  lost(reason: string, service?: string): void;
  /** Somebody else ends the command, or one of its programs. @param service which of several */
  ending(by: string, service?: string): void;
  /** The command has ended by itself, and what it has left behind, of these services, ends with it. */
  orphans(services: readonly string[], status: ExitStatus): void;
}

export type Endings = ReturnType<typeof followEndings>;

/** Tells who ends the command, or a program of it, and which leases are lost. */
export function followEndings(
  lease: Pick<RunLease, 'ports' | 'onEnding' | 'onLost'>,
  report: Pick<EndReporter, 'ending' | 'lost'>,
) {
  const told = new Set<string | undefined>();
  let aloneUntil: number | undefined;
  /** Who ends all of it. */
  let isAllTold = false;
  const endings = {
    /** One program of several is being ended, or was just now: a command that has outlived it ends for a reason of its own. */
    isOfOne: () => aloneUntil !== undefined && process.uptime() < aloneUntil,
    toldToStop(): void {
      if (!isAllTold) report.ending('an order by HTTP, of the dashboard for instance');
    },
    /** The services that nobody has ended. */
    others: () => lease.ports.map(({ name }) => name).filter((name) => !told.has(name)),
  };
  lease.onEnding(({ by, alone }, service) => {
    if (alone) aloneUntil = Infinity;
    else isAllTold = true;
    told.add(service);
    report.ending(by, alone ? service : undefined);
  });
  lease.onLost((reason, service) => {
    // Its end was told already.
    if (!told.has(service)) report.lost(reason, service);
    else if (aloneUntil !== undefined) aloneUntil = process.uptime() + END_GRACE_MS / 1000;
    told.add(service);
  });
  return endings;
}
