import type { DaemonEvent } from '../../protocol/answers/events.ts';
import { METRICS, type Metric, type MetricName } from '../../protocol/metrics.ts';
import type { EventBus } from '../ledger/events.ts';

export type Labels = Readonly<Record<string, string>>;

/** One line of a metric. */
export interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

/** How often each bucket was met, the last one being for what is above all bounds. */
export interface Distribution {
  readonly counts: readonly number[];
  readonly sum: number;
}

/** What was counted since the daemon started, kept so small that nobody need ask for it. */
export interface Counters {
  samplesOf(name: MetricName): Sample[];
  distributionOf(name: MetricName): Distribution | undefined;
  /** One more value of a histogram, in its unit. */
  observe(name: MetricName, value: number): void;
}

export function createCounters(events: Pick<EventBus, 'subscribe'>): Counters {
  const sums = new Map<MetricName, Map<string, { labels: Labels; value: number }>>();
  const distributions = new Map<MetricName, { counts: number[]; sum: number }>();
  for (const [name, metric] of Object.entries(METRICS) as [MetricName, Metric][]) {
    if (metric.buckets) distributions.set(name, { counts: Array(metric.buckets.length + 1).fill(0), sum: 0 });
  }

  function add(name: MetricName, labels: Labels = {}): void {
    const key = Object.values(labels).join();
    const samples = sums.get(name) ?? new Map<string, { labels: Labels; value: number }>();
    sums.set(name, samples);
    const sample = samples.get(key);
    if (sample) sample.value += 1;
    else samples.set(key, { labels, value: 1 });
  }

  function observe(name: MetricName, value: number): void {
    const distribution = distributions.get(name);
    const { buckets = [] }: Metric = METRICS[name];
    if (!distribution) return;
    const at = buckets.findIndex((bound) => value <= bound);
    const index = at < 0 ? buckets.length : at;
    distribution.counts[index] = (distribution.counts[index] ?? 0) + 1;
    distribution.sum += value;
  }

  events.subscribe((event) => {
    if (event.event === 'granted') {
      add('styxy_grants_total', { service_type: String(event.service_type) });
      if (typeof event.took_ms === 'number')
        observe('styxy_allocation_duration_seconds', event.took_ms / 1000);
    } else count(event, add);
  });

  return {
    observe,
    samplesOf: (name) => [...(sums.get(name)?.values() ?? [])],
    distributionOf: (name) => distributions.get(name),
  };
}

function count(event: DaemonEvent, add: (name: MetricName, labels?: Labels) => void): void {
  if (event.event === 'taken_up') add('styxy_taken_up_total');
  else if (event.event === 'released') add('styxy_releases_total', { reason: String(event.reason) });
  else if (event.event === 'refused') add('styxy_refusals_total', { code: String(event.code) });
  else if (event.event === 'conflict')
    add('styxy_conflicts_total', { service_type: String(event.service_type), when: String(event.when) });
  else if (event.event === 'drifted') add('styxy_drifts_total');
  else if (event.event === 'orphaned') add('styxy_orphans_total');
  else if (event.event === 'external')
    add('styxy_bypasses_total', { service_type: String(event.service_type) });
  else if (event.event === 'type_added') add('styxy_types_added_total');
}
