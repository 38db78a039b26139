import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Engine } from '../../engine.ts';
import type { DaemonReports } from '../../reports/reports.ts';
import { writeHead } from '../respond.ts';
import type { Handlers } from './handler.ts';

/** Routes about what happened and what is going on. */
export function reportRoutes(
  reports: DaemonReports,
  engine: Engine,
): Handlers<'events' | 'audit' | 'metrics' | 'doctor' | 'openapi'> {
  return {
    events({ request, response }) {
      writeHead(response, 200, { 'content-type': 'text/event-stream; charset=utf-8' });
      if (request.method !== 'HEAD') return reports.streams.open(response);
      response.end();
      return undefined;
    },
    async audit({ query, response }) {
      if (query.format !== 'lines') return reports.audit(query);
      const lines = reports.auditLines(query);
      writeHead(response, 200, { 'content-type': 'application/x-ndjson' });
      await pipeline(Readable.from(lines), response);
      return undefined;
    },
    doctor: () => reports.doctor(),
    openapi: async () => {
      const { openApiDocument } = await import('./openapi.ts');
      return openApiDocument;
    },
    async metrics({ query, response }) {
      if (query.format === 'json') return reports.metricsAsJson(engine);
      const { text, contentType } = await reports.metrics(engine);
      writeHead(response, 200, {
        'content-type': contentType,
        'content-length': Buffer.byteLength(text),
      });
      response.end(text);
      return undefined;
    },
  };
}
