import { StyxyError } from '../../../base/styxy-error.ts';
import { requireName } from '../../../domain/service-name.ts';
import { MOST_AUDIT_ENTRIES, type AuditQuery } from '../../../protocol/audit.ts';
import type { Engine } from '../../engine.ts';
import type { DaemonReports } from '../../reports/reports.ts';
import type { Handler } from '../exchange.ts';
import { wholeNumberIn } from '../read-query.ts';

/** Routes about what happened and what is going on. */
export function reportRoutes(reports: DaemonReports, engine: Engine) {
  return {
    events: ({ response }) => reports.streams.open(response),
    audit: ({ query }) => reports.audit(auditQuery(query)),
    openapi: async () => {
      const { openApi } = await import('./openapi.ts');
      return openApi();
    },
    async metrics({ query, response }) {
      const format = query.get('format') ?? 'text';
      if (format === 'json') return reports.metricsAsJson(engine);
      if (format !== 'text') throw new StyxyError('INVALID_REQUEST', 'format: it is "text" or "json"');
      const { text, contentType } = await reports.metrics(engine);
      response.writeHead(200, {
        'content-type': contentType,
        'content-length': Buffer.byteLength(text),
      });
      response.end(text);
      return undefined;
    },
  } satisfies Record<string, Handler>;
}

function auditQuery(query: URLSearchParams): AuditQuery {
  const type = query.get('type');
  return {
    action: query.get('action') ?? undefined,
    type: type === null ? undefined : requireName(type, 'service type'),
    since: query.get('since') ?? undefined,
    limit: wholeNumberIn(query, 'limit', [0, MOST_AUDIT_ENTRIES]),
  };
}
