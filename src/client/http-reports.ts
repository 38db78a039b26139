import type { AuditAnswer } from '../protocol/audit.ts';
import { ENDPOINTS, pathOf } from '../protocol/endpoints.ts';
import type { MetricsAnswer } from '../protocol/metrics.ts';
import type { Reports } from '../protocol/reports.ts';
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
