import type { StatusAnswer, RecoveryReport } from '../../protocol/answers/status.ts';
import type { StatusQuery } from '../../protocol/requests/queries.ts';
import type { Core } from '../core.ts';
import type { EventBus } from '../ledger/events.ts';
import { usesOfRanges } from './ranges.ts';
import type { Health } from '../machine/health.ts';

export interface StatusContext extends Pick<Core, 'state' | 'settings' | 'observer' | 'clock'> {
  readonly health: Health;
  readonly counts: RecoveryCounts;
  /** What the daemon knows of its process, and what it found at its start. */
  readonly self: {
    status(): Omit<StatusAnswer, 'allocations' | 'instances' | 'recovery' | 'ranges'>;
    readonly recovery: RecoveryReport;
  };
}

/** Since the start of the daemon. */
export interface RecoveryCounts {
  /** Ports that were to be leased and that a program outside Styxy held. */
  readonly conflicts: number;
  /** Leases that ended without a release. */
  readonly released: number;
}

export function countRecoveries(events: Pick<EventBus, 'subscribe'>): RecoveryCounts {
  const counts = { conflicts: 0, released: 0 };
  events.subscribe(({ event, reason }) => {
    if (event === 'conflict') counts.conflicts += 1;
    if (event === 'released' && reason !== 'released') counts.released += 1;
  });
  return counts;
}

export async function engineStatus(
  { state, settings, observer, health, counts, self, clock }: StatusContext,
  { ranges }: StatusQuery = {},
): Promise<StatusAnswer> {
  const { recovery, end_grace_ms } = settings();
  const { port_conflict, health_monitoring } = recovery;
  return {
    ...self.status(),
    allocations: state.leases.size,
    instances: state.instances.size,
    recovery: {
      port_conflict: { ...port_conflict, conflicts: counts.conflicts },
      health_monitoring: {
        ...health.statistics,
        enabled: health_monitoring.enabled,
        released: counts.released,
      },
      system_recovery: self.recovery,
    },
    end_grace_ms,
    ...(ranges && { ranges: usesOfRanges(state, await observer.observe().catch(() => undefined), clock()) }),
  };
}
