import * as v from 'valibot';

export const metricsAnswer = v.object({
  metrics: v.array(
    v.object({
      name: v.string(),
      type: v.string(),
      help: v.string(),
      values: v.array(
        v.object({
          labels: v.record(v.string(), v.union([v.string(), v.number()])),
          value: v.number(),
          metricName: v.exactOptional(v.string()),
        }),
      ),
    }),
  ),
});
export type MetricsAnswer = v.InferOutput<typeof metricsAnswer>;
