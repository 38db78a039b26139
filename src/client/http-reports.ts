import type { AuditAnswer } from '../protocol/audit.ts';
import { ENDPOINTS, pathOf } from '../protocol/endpoints.ts';
import type { Reports } from '../protocol/reports.ts';
import type { Connection } from './connection.ts';
import { queryString } from './query-string.ts';

/** The daemon's reports as seen from another process: each method is one request. */
export function createHttpReports(connection: Connection): Reports {
  return {
    audit: (query = {}) =>
      connection.call<AuditAnswer>({
        method: ENDPOINTS.audit.method,
        path: pathOf('audit') + queryString(query),
      }),
  };
}
