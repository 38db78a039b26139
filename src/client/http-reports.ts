import type { AuditAnswer, AuditEntry } from '../protocol/answers/audit.ts';
import { countEntry, emptyAudit } from '../protocol/audit-count.ts';
import type { MetricsAnswer } from '../protocol/answers/metrics.ts';
import type { DoctorAnswer } from '../protocol/answers/status.ts';
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
    async wholeAudit(query = {}) {
      const text = await connection.call<string>({
        method: ENDPOINTS.audit.method,
        path: pathOf('audit') + queryString({ ...query, format: 'lines' }),
        as: 'text',
      });
      const answer = emptyAudit();
      for (const line of text.split('\n'))
        if (line !== '') countEntry(JSON.parse(line) as AuditEntry, answer);
      return answer;
    },
    doctor: () => connection.call<DoctorAnswer>({ method: ENDPOINTS.doctor.method, path: pathOf('doctor') }),
    metrics: () => connection.call<string>({ method, path, as: 'text' }),
    metricsAsJson: () => connection.call<MetricsAnswer>({ method, path: `${path}?format=json` }),
  };
}
