import { Counter, Gauge, Registry, type Histogram } from 'prom-client';
import { METRICS, type Metric, type MetricName, type MetricsAnswer } from '../../protocol/metrics.ts';
import type { Counters, Distribution } from './counters.ts';
import type { Samples } from './metrics.ts';

/** The text format that Prometheus reads, and the same as JSON. Loaded only when somebody asks. */
export const CONTENT_TYPE: string = Registry.PROMETHEUS_CONTENT_TYPE;

export function toText(samples: Samples, counters: Counters): Promise<string> {
  return fill(samples, counters).metrics();
}

export async function toJson(samples: Samples, counters: Counters): Promise<MetricsAnswer> {
  const metrics = await fill(samples, counters).getMetricsAsJSON();
  return {
    metrics: metrics.map(({ name, type, help, values }) => ({
      name,
      type: String(type),
      help,
      values: values as MetricsAnswer['metrics'][number]['values'],
    })),
  };
}

function fill(samples: Samples, counters: Counters): Registry {
  const registry = new Registry();
  for (const [name, metric] of Object.entries(METRICS) as [MetricName, Metric][]) {
    const { type, help } = metric;
    const distribution = counters.distributionOf(name);
    if (distribution) registry.registerMetric(asHistogram(name, metric, distribution));
    const options = { name, help, labelNames: [...metric.labels], registers: [registry] };
    if (type === 'counter') {
      const counter = new Counter(options);
      for (const { labels, value } of samples[name] ?? []) counter.inc(labels, value);
    } else if (type === 'gauge') {
      const gauge = new Gauge(options);
      for (const { labels, value } of samples[name] ?? []) gauge.set(labels, value);
    }
  }
  return registry;
}

/**
 * prom-client's own histogram takes values one by one, and ours were counted before it was loaded; the registry asks a
 * metric for no more than this.
 */
function asHistogram(
  name: MetricName,
  { help, buckets = [] }: Metric,
  { counts, sum }: Distribution,
): Histogram {
  interface Value {
    metricName: string;
    labels: { le?: number | string };
    value: number;
  }
  let total = 0;
  const values = counts.map<Value>((count, index) => {
    total += count;
    return { metricName: `${name}_bucket`, labels: { le: buckets[index] ?? '+Inf' }, value: total };
  });
  values.push({ metricName: `${name}_sum`, labels: {}, value: sum });
  values.push({ metricName: `${name}_count`, labels: {}, value: total });
  const metric = { name, get: async () => ({ name, help, type: 'histogram', aggregator: 'sum', values }) };
  return metric as unknown as Histogram;
}
