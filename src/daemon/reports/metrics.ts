import { statSync } from 'node:fs';
import type { Catalog } from '../../domain/service-type.ts';
import type { LeaseState } from '../../protocol/answers/allocation.ts';
import type { ListAnswer } from '../../protocol/answers/ports.ts';
import type { StatusAnswer } from '../../protocol/answers/status.ts';
import type { MetricName } from '../../protocol/metrics.ts';
import { VERSION } from '../../protocol/version.ts';
import type { Audit } from './audit.ts';
import type { Counters, Sample } from './counters.ts';

/** Those that a live lease can have. */
const STATES: readonly LeaseState[] = ['granted', 'bound', 'drifted', 'orphaned'];

const MOMENTS = ['before_grant', 'before_bind'];

/** Whom to ask about the present. */
export interface Present {
  list(): Promise<ListAnswer>;
  status(query: { ranges: true }): Promise<StatusAnswer>;
  /** How many service types have a range that was made for them. */
  autoAllocatedTypes(): number;
}

export interface MetricParts {
  readonly counters: Counters;
  readonly catalog: Catalog;
  readonly audit: Audit;
  readonly watchers: () => number;
  readonly journal: string;
}

/** All samples that are no histograms, by the name of their metric. */
export type Samples = Partial<Record<MetricName, readonly Sample[]>>;

/** Puts together what was counted and what is now. */
export function createMetrics({ counters, catalog, audit, watchers, journal }: MetricParts) {
  // The log of all starts is read once; from then on this daemon is the last one.
  let restarts: Promise<number> | undefined;
  const countRestarts = async (): Promise<number> => {
    const { total } = await audit.answer({ action: 'daemon_started', limit: 0 });
    return Math.max(0, total - 1);
  };

  return async function collect(present: Present): Promise<Samples> {
    const [{ allocations, external }, status] = await Promise.all([
      present.list(),
      present.status({ ranges: true }),
    ]);
    const health = status.recovery.health_monitoring;
    const types = [...catalog.types.keys()];
    const leases = types.flatMap((type) => STATES.map((state) => ({ service_type: type, state })));
    const { user, system } = process.cpuUsage();
    return {
      styxy_leases: tally(
        leases,
        allocations.map(({ service_type, state }) => ({ service_type, state })),
      ),
      styxy_external_listeners: tally(
        types.map((service_type) => ({ service_type })),
        external.map(({ service_type }) => ({ service_type })),
      ),
      styxy_grants_total: withZeros(
        counters.samplesOf('styxy_grants_total'),
        types.map((service_type) => ({ service_type })),
      ),
      styxy_taken_up_total: orZero(counters.samplesOf('styxy_taken_up_total')),
      styxy_releases_total: counters.samplesOf('styxy_releases_total'),
      styxy_refusals_total: counters.samplesOf('styxy_refusals_total'),
      styxy_conflicts_total: withZeros(
        counters.samplesOf('styxy_conflicts_total'),
        types.flatMap((service_type) => MOMENTS.map((when) => ({ service_type, when }))),
      ),
      styxy_drifts_total: orZero(counters.samplesOf('styxy_drifts_total')),
      styxy_orphans_total: orZero(counters.samplesOf('styxy_orphans_total')),
      styxy_bypasses_total: withZeros(
        counters.samplesOf('styxy_bypasses_total'),
        types.map((service_type) => ({ service_type })),
      ),
      styxy_types_added_total: orZero(counters.samplesOf('styxy_types_added_total')),
      styxy_types_auto_allocated: just(present.autoAllocatedTypes()),
      styxy_range_ports: (status.ranges ?? []).flatMap(
        ({ service_type, leased, external: used, kept, free }) =>
          Object.entries({ leased, external: used, kept, free }).map(([use, value]) => ({
            labels: { service_type, use },
            value,
          })),
      ),
      styxy_health_checks_total: just(health.checks),
      styxy_health_leases: [
        { labels: { health: 'healthy' }, value: health.healthy },
        { labels: { health: 'unhealthy' }, value: health.unhealthy },
      ],
      styxy_instances: just(status.instances),
      styxy_journal_bytes: just(statSync(journal, { throwIfNoEntry: false })?.size ?? 0),
      styxy_audit_lost_total: just(audit.lost),
      styxy_event_watchers: just(watchers()),
      styxy_daemon_restarts_total: just(await (restarts ??= countRestarts())),
      styxy_daemon_start_time_seconds: just(Math.round(Date.now() - status.uptime_ms) / 1000),
      styxy_daemon_cpu_seconds_total: just((user + system) / 1_000_000),
      styxy_daemon_resident_memory_bytes: just(status.memory.rss),
      styxy_daemon_heap_bytes: just(status.memory.heap_used),
      styxy_build_info: [{ labels: { version: VERSION }, value: 1 }],
    };
  };
}

const just = (value: number): Sample[] => [{ labels: {}, value }];
const orZero = (samples: Sample[]): Sample[] => (samples.length > 0 ? samples : just(0));

/** A line that comes and goes is hard to draw: what may be there is there, with 0. */
function withZeros(samples: Sample[], all: readonly Sample['labels'][]): Sample[] {
  const known = new Set(samples.map(({ labels }) => keyOf(labels)));
  const missing = all.filter((labels) => !known.has(keyOf(labels)));
  return [...samples, ...missing.map((labels) => ({ labels, value: 0 }))];
}

function tally(all: readonly Sample['labels'][], found: readonly Sample['labels'][]): Sample[] {
  const counts = new Map<string, { labels: Sample['labels']; value: number }>();
  for (const labels of all) counts.set(keyOf(labels), { labels, value: 0 });
  for (const labels of found) {
    const known = counts.get(keyOf(labels));
    if (known) known.value += 1;
    else counts.set(keyOf(labels), { labels, value: 1 });
  }
  return [...counts.values()];
}

const keyOf = (labels: Sample['labels']): string => Object.values(labels).join();
