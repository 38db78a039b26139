import { METRICS, type Metric, type MetricName } from '../../protocol/metrics.ts';
import type { MetricsAnswer } from '../../protocol/answers/metrics.ts';
import type { Counters, Distribution } from './counters.ts';
import type { Samples } from './metrics.ts';

/** The text format of Prometheus: https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format */
export const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

type Family = MetricsAnswer['metrics'][number];
type Value = Family['values'][number];

export function toJson(samples: Samples, counters: Counters): MetricsAnswer {
  const table = Object.entries(METRICS) as [MetricName, Metric][];
  return {
    metrics: table.map(([name, metric]): Family => {
      const distribution = counters.distributionOf(name);
      const values = distribution
        ? histogramValues(name, metric, distribution)
        : (samples[name] ?? []).map(({ labels, value }) => ({ labels, value }));
      return { name, type: metric.type, help: metric.help, values };
    }),
  };
}

export function toText(samples: Samples, counters: Counters): string {
  const { metrics } = toJson(samples, counters);
  return metrics
    .flatMap(({ name, type, help, values }) => [
      `# HELP ${name} ${escapeHelp(help)}\n`,
      `# TYPE ${name} ${type}\n`,
      ...values.map(({ metricName = name, labels, value }) => `${metricName}${labelsOf(labels)} ${value}\n`),
    ])
    .join('');
}

/** A bucket counts what is in those below it as well. */
function histogramValues(name: MetricName, { buckets = [] }: Metric, { counts, sum }: Distribution): Value[] {
  let total = 0;
  const values = counts.map((count, index): Value => {
    total += count;
    return { metricName: `${name}_bucket`, labels: { le: buckets[index] ?? '+Inf' }, value: total };
  });
  return [
    ...values,
    { metricName: `${name}_sum`, labels: {}, value: sum },
    { metricName: `${name}_count`, labels: {}, value: total },
  ];
}

function labelsOf(labels: Value['labels']): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(String(value))}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

const escapeHelp = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
const escapeLabel = (text: string): string => escapeHelp(text).replaceAll('"', '\\"');
