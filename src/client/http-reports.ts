import type { AuditAnswer } from '../protocol/answers/audit.ts';
import type { MetricsAnswer } from '../protocol/answers/metrics.ts';
import type { Reports } from '../protocol/coordinator.ts';
import { ENDPOINTS, pathOf } from '../protocol/endpoints.ts';
import type { Connection } from './connection.ts';
import { queryString } from './query-string.ts';

/** The daemon's reports as seen from another process: each method is one request. */
export function createHttpReports(connection: Connection): Reports {
  const { method, path } = ENDPOINTS.metrics;
  return {
    audit: (query = {}) =>
      connection.call<AuditAnswer>({
        method: ENDPOINTS.audit.method,
        path: pathOf('audit') + queryString(query),
      }),
    metrics: () => connection.call<string>({ method, path, as: 'text' }),
    metricsAsJson: () => connection.call<MetricsAnswer>({ method, path: `${path}?format=json` }),
  };
}
