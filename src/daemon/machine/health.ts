import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/log.ts';
import { messageOf } from '../../base/styxy-error.ts';
import type { Lease } from '../../domain/lease.ts';
import type { LeaseTable } from '../../domain/lease-table.ts';
import type { UserConfig } from '../../settings/schema.ts';
import type { EventBus } from '../ledger/events.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { ProcessFacts } from './facts.ts';
import type { Observer, PortsSeen } from './observer.ts';

export interface HealthParts {
  readonly state: { readonly leases: LeaseTable };
  readonly ledger: Pick<Ledger, 'subscribe'>;
  readonly observer: Pick<Observer, 'observe' | 'portsInUse'>;
  readonly settings: () => Pick<UserConfig, 'recovery'>;
  readonly machine: Pick<ProcessFacts, 'isAlive'>;
  /** Tells of changes of the settings. */
  readonly events: Pick<EventBus, 'subscribe'>;
  /** A clock that never jumps. ms */
  readonly uptime: Clock;
  readonly log: Logger;
}

export interface Health {
  /** Told of a lease whose program has gone, and which nothing but a deadline keeps. */
  onStale(listener: (lease: Lease) => void): void;
  readonly statistics: { readonly checks: number; readonly healthy: number; readonly unhealthy: number };
  close(): void;
}

/** While nothing of that changes, observe only now and then: one program may take the place of another. */
const CHECKS_PER_OBSERVATION = 20;
/** No port of a lease is in use, and none is expected to be. */
const NO_NEWS = ' ';

/** What is known about the leases between two checks. */
interface Known {
  readonly failures: Map<string, number>;
  readonly wereInUse: Set<string>;
  /** Since a check began: the port of a lease that was granted was probed, and a probe listens for a moment. */
  readonly arrived: Set<string>;
}

/**
 * The second layer of recovery: at every `check_interval_ms` it checks whether the ports of all leases are in use.
 *
 * A lease whose port was in use and is no longer counts a failure at each check; one whose program has never listened
 * counts none, however slow its build. After `max_failures` it is stale, if `cleanup_stale_allocations` says so and
 * nothing but deadlines keeps it: a live wrapper, process or instance never loses its lease to a server that restarts,
 * and dead ones are noticed by the watch.
 */
export function createHealth(parts: HealthParts): Health {
  const { observer, uptime, log } = parts;
  const { leases } = parts.state;
  const listeners: ((lease: Lease) => void)[] = [];
  const known: Known = { failures: new Map(), wereInUse: new Set(), arrived: new Set() };
  const statistics = { checks: 0, healthy: 0, unhealthy: 0 };
  let checkedAt = uptime();
  let lastObservation = { news: NO_NEWS, check: 0 };
  let timer: NodeJS.Timeout | undefined;
  let isChecking = false;

  const monitoring = () => parts.settings().recovery.health_monitoring;

  function sleep(): void {
    const leftMs = checkedAt + monitoring().check_interval_ms - uptime();
    clearTimeout(timer);
    timer = setTimeout(tick, Math.max(leftMs, 1)).unref();
  }

  function tick(): void {
    timer = undefined;
    if (leases.size === 0) return;
    const { enabled, check_interval_ms: interval } = monitoring();
    // Timers wake up to a millisecond early.
    const isDue = uptime() - checkedAt >= interval - 1;
    if (isDue) checkedAt = uptime();
    if (isDue && enabled && !isChecking) {
      isChecking = true;
      check()
        .catch((error: unknown) => log.warn('the leases could not be checked', { error: messageOf(error) }))
        .finally(() => (isChecking = false));
    }
    sleep();
  }

  async function check(): Promise<void> {
    known.arrived.clear();
    const inUse = await observer.portsInUse();
    statistics.checks += 1;
    const news = newsFor(leases.all(), inUse);
    if (
      news !== lastObservation.news ||
      statistics.checks - lastObservation.check >= CHECKS_PER_OBSERVATION
    ) {
      lastObservation = { news, check: statistics.checks };
      await observer.observe();
    }
    let unhealthy = 0;
    for (const lease of leases.all()) if (!isHealthy(known, lease, inUse)) unhealthy += 1;
    statistics.healthy = leases.size - unhealthy;
    statistics.unhealthy = unhealthy;
    for (const lease of staleLeases(parts, known)) for (const tell of listeners) tell(lease);
  }

  parts.ledger.subscribe({
    changed({ id }, before) {
      if (isChecking && !before) known.arrived.add(id);
      if (timer) return;
      checkedAt = uptime();
      sleep();
    },
    ended({ id }) {
      known.failures.delete(id);
      known.wereInUse.delete(id);
    },
  });

  const unsubscribe = parts.events.subscribe(({ event }) => {
    if (event === 'config_changed' && timer) sleep();
  });

  return {
    onStale: (listener) => void listeners.push(listener),
    statistics,
    close() {
      unsubscribe();
      clearTimeout(timer);
    },
  };
}

/**
 * Which leases have their port in use; and, as long as the program of one may still come up elsewhere, every port.
 * Anything else that happens on the machine is no reason to search its processes.
 */
function newsFor(leases: Iterable<Lease>, inUse: PortsSeen): string {
  const news: string[] = [];
  let mayDrift = false;
  for (const lease of leases) {
    // A second socket on its port may be an outsider's.
    const count = inUse.counts?.get(lease.port) ?? '';
    if (isUsed(lease, inUse)) news.push(`${lease.id} ${count} ${lease.driftedTo?.join() ?? ''}`);
    mayDrift ||= lease.service !== undefined && !inUse.has(lease.port);
  }
  const ports = mayDrift ? [...inUse].toSorted((a, b) => a - b) : [];
  return `${news.join()} ${ports.join()}`;
}

function isHealthy(
  { failures, wereInUse, arrived }: Known,
  lease: Lease,
  inUse: ReadonlySet<number>,
): boolean {
  const { id } = lease;
  if (arrived.has(id)) return true;
  if (isUsed(lease, inUse)) {
    wereInUse.add(id);
    failures.delete(id);
    return true;
  }
  if (!wereInUse.has(id)) return true;
  failures.set(id, (failures.get(id) ?? 0) + 1);
  return false;
}

/** Those that have failed too often, and that nothing but deadlines keeps. */
function staleLeases({ state, settings, machine, log }: HealthParts, { failures }: Known): Lease[] {
  const { max_failures, cleanup_stale_allocations } = settings().recovery.health_monitoring;
  if (!cleanup_stale_allocations) return [];
  return [...failures].flatMap(([id, count]) => {
    const lease = state.leases.get(id);
    const isHeld = lease?.holds.some(({ holder }) => holder.kind !== 'ttl');
    if (!lease || isHeld || count < max_failures || runs(lease, machine)) return [];
    log.info('its program has gone', { lease: id, port: lease.port, failures: count });
    return [lease];
  });
}

function runs({ service }: Lease, { isAlive }: HealthParts['machine']): boolean {
  if (service?.startTime === undefined) return false;
  return isAlive({ pid: service.pid, startTime: service.startTime });
}

/** Asked of thousands of leases at a time, so it makes no list of their ports. */
function isUsed({ port, driftedTo }: Lease, inUse: ReadonlySet<number>): boolean {
  return inUse.has(port) || (driftedTo?.some((each) => inUse.has(each)) ?? false);
}
