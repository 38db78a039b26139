import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/log.ts';
import { messageOf } from '../../base/styxy-error.ts';
import type { Lease } from '../../domain/lease.ts';
import type { LeaseTable } from '../../domain/lease-table.ts';
import type { UserConfig } from '../../settings/schema.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { ProcessFacts } from './facts.ts';
import type { Observer } from './observer.ts';

export interface HealthParts {
  readonly state: { readonly leases: LeaseTable };
  readonly ledger: Pick<Ledger, 'subscribe'>;
  readonly observer: Pick<Observer, 'look' | 'portsInUse'>;
  readonly settings: () => Pick<UserConfig, 'recovery'>;
  readonly machine: Pick<ProcessFacts, 'isAlive'>;
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

/** A change of the settings is noticed after this time at the latest. ms */
const LONGEST_SLEEP_MS = 30_000;
/** As long as nothing of that changes there is a look only now and then: one program may take the place of another. */
const CHECKS_PER_LOOK = 20;
/** No port of a lease is in use, and none is expected to be. */
const NO_NEWS = ' ';

/**
 * The second layer of recovery: at every `check_interval_ms` it looks whether the ports of all leases are in use.
 *
 * A lease whose port was in use and is no longer counts a failure at each check; one whose program has never listened
 * counts none, however slow its build. After `max_failures` it ends, if `cleanup_stale_allocations` says so and nothing
 * but a deadline keeps it: a live wrapper, process or instance never loses its lease to a server that restarts, and
 * dead ones are found by `lifetimes` at once.
 */
export function createHealth(parts: HealthParts): Health {
  const { observer, uptime, log } = parts;
  const { leases } = parts.state;
  const listeners: ((lease: Lease) => void)[] = [];
  const failures = new Map<string, number>();
  const wereInUse = new Set<string>();
  /** Since a check began: who was granted a port was probed, and the probe itself listens for a moment. */
  const arrived = new Set<string>();
  const statistics = { checks: 0, healthy: 0, unhealthy: 0 };
  let checkedAt = uptime();
  let lastLook = { news: NO_NEWS, check: 0 };
  let timer: NodeJS.Timeout | undefined;
  let isChecking = false;

  const monitoring = () => parts.settings().recovery.health_monitoring;

  function sleep(): void {
    const leftMs = checkedAt + monitoring().check_interval_ms - uptime();
    timer = setTimeout(tick, Math.min(Math.max(leftMs, 1), LONGEST_SLEEP_MS)).unref();
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
    arrived.clear();
    const inUse = await observer.portsInUse();
    statistics.checks += 1;
    const news = whatMatters(inUse);
    if (news !== lastLook.news || statistics.checks - lastLook.check >= CHECKS_PER_LOOK) {
      lastLook = { news, check: statistics.checks };
      await observer.look();
    }
    let unhealthy = 0;
    for (const lease of leases.all()) {
      if (!arrived.has(lease.id) && !isHealthy(lease, inUse)) unhealthy += 1;
    }
    statistics.healthy = leases.size - unhealthy;
    statistics.unhealthy = unhealthy;
    for (const [id, count] of failures) if (count >= monitoring().max_failures) endIfStale(id);
  }

  /**
   * Which leases have their port in use; and, as long as the program of one may still come up elsewhere, every port.
   * Whatever else happens on the machine is no reason to look for its processes.
   */
  function whatMatters(inUse: ReadonlySet<number>): string {
    const news: string[] = [];
    let mayDrift = false;
    for (const lease of leases.all()) {
      if (isUsed(lease, inUse)) news.push(`${lease.id} ${lease.driftedTo?.join() ?? ''}`);
      mayDrift ||= lease.service !== undefined && !inUse.has(lease.port);
    }
    const ports = mayDrift ? [...inUse].toSorted((a, b) => a - b) : [];
    return `${news.join()} ${ports.join()}`;
  }

  function isHealthy(lease: Lease, inUse: ReadonlySet<number>): boolean {
    const { id } = lease;
    if (isUsed(lease, inUse)) {
      wereInUse.add(id);
      failures.delete(id);
      return true;
    }
    if (!wereInUse.has(id)) return true;
    failures.set(id, (failures.get(id) ?? 0) + 1);
    return false;
  }

  function endIfStale(id: string): void {
    const lease = leases.get(id);
    if (!lease || lease.holder.kind !== 'ttl' || !monitoring().cleanup_stale_allocations) return;
    const { service } = lease;
    if (
      service?.startTime !== undefined &&
      parts.machine.isAlive({ ...service, startTime: service.startTime })
    )
      return;
    log.info('its program has gone', { lease: id, port: lease.port, failures: failures.get(id) });
    for (const tell of listeners) tell(lease);
  }

  parts.ledger.subscribe({
    changed({ id }, before) {
      if (isChecking && !before) arrived.add(id);
      if (timer) return;
      checkedAt = uptime();
      sleep();
    },
    ended({ id }) {
      failures.delete(id);
      wereInUse.delete(id);
    },
  });

  return {
    onStale: (listener) => void listeners.push(listener),
    statistics,
    close: () => clearTimeout(timer),
  };
}

/** Asked of thousands of leases at a time, so it makes no list of their ports. */
function isUsed({ port, driftedTo }: Lease, inUse: ReadonlySet<number>): boolean {
  return inUse.has(port) || (driftedTo?.some((each) => inUse.has(each)) ?? false);
}
