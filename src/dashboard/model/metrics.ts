import type { MetricsAnswer } from '../../protocol/answers/metrics.ts';

/** The numbers of one moment. */
export interface Sample {
  readonly at: number;
  readonly leases: number;
  readonly external: number;
}

/** One bucket of a histogram: how many were above the bound before it, and not above its own. */
export interface Bucket {
  /** In seconds; Infinity for the last one. */
  readonly upTo: number;
  readonly count: number;
}

export interface Figures {
  readonly sample: Sample;
  readonly grants: number;
  readonly conflicts: number;
  readonly drifts: number;
  readonly refusals: number;
  readonly allocation: readonly Bucket[];
}

export function figuresOf({ metrics }: MetricsAnswer, at: number): Figures {
  const valuesOf = (name: string) => metrics.find((metric) => metric.name === name)?.values ?? [];
  const sum = (name: string): number => valuesOf(name).reduce((total, { value }) => total + value, 0);
  return {
    sample: { at, leases: sum('styxy_leases'), external: sum('styxy_external_listeners') },
    grants: sum('styxy_grants_total'),
    conflicts: sum('styxy_conflicts_total'),
    drifts: sum('styxy_drifts_total'),
    refusals: sum('styxy_refusals_total'),
    allocation: bucketsOf(valuesOf('styxy_allocation_duration_seconds')),
  };
}

function bucketsOf(values: MetricsAnswer['metrics'][number]['values']): Bucket[] {
  const upTo = ({ labels }: { labels: Record<string, string | number> }): number =>
    labels['le'] === '+Inf' ? Infinity : Number(labels['le']);
  const cumulative = values
    .filter(({ metricName = '' }) => metricName.endsWith('_bucket'))
    .map((each) => ({ upTo: upTo(each), count: each.value }))
    .toSorted((a, b) => a.upTo - b.upTo);
  return cumulative.map((each, at) => ({ ...each, count: each.count - (cumulative[at - 1]?.count ?? 0) }));
}

/** The bound that this part of all values does not pass; undefined without values. */
export function quantile(buckets: readonly Bucket[], part: number): number | undefined {
  const total = buckets.reduce((sum, { count }) => sum + count, 0);
  let seen = 0;
  for (const { upTo, count } of buckets) {
    seen += count;
    if (total > 0 && seen >= total * part) return upTo;
  }
  return undefined;
}

/** A line through the samples as the path of an SVG of 100 by 40. */
export function linePath(samples: readonly number[], isArea = false): string {
  const values = samples.length === 1 ? [...samples, ...samples] : samples;
  const most = Math.max(1, ...values);
  const step = 100 / Math.max(1, values.length - 1);
  const points = values.map(
    (value, at) => `${(at * step).toFixed(1)} ${(38 - (value / most) * 34).toFixed(1)}`,
  );
  if (points.length === 0) return '';
  return isArea
    ? `M0 40 L${points.join(' L')} L${((values.length - 1) * step).toFixed(1)} 40 Z`
    : `M${points.join(' L')}`;
}
