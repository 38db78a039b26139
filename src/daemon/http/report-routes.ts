import { requireName } from '../../domain/service-name.ts';
import type { AuditQuery } from '../../protocol/audit.ts';
import type { DaemonReports } from '../reports.ts';
import type { Handler } from './exchange.ts';

/** Routes about what happened and what is going on. */
export function reportRoutes(reports: DaemonReports) {
  return {
    events: ({ response }) => reports.streams.open(response),
    audit: ({ query }) => reports.audit(auditQuery(query)),
  } satisfies Record<string, Handler>;
}

function auditQuery(query: URLSearchParams): AuditQuery {
  const [type, limit] = [query.get('type'), query.get('limit')];
  return {
    action: query.get('action') ?? undefined,
    type: type === null ? undefined : requireName(type, 'service type'),
    since: query.get('since') ?? undefined,
    limit: limit === null ? undefined : /^\d{1,9}$/.test(limit) ? Number(limit) : NaN,
  };
}
