import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/log.ts';
import type { Catalog } from '../domain/service-type.ts';
import type { Reports } from '../protocol/reports.ts';
import type { Paths } from '../system/paths.ts';
import type { EventBus } from './event-bus.ts';
import { createEventStreams, type EventStreams } from './http/events-stream.ts';
import { createAudit } from './reporters/audit.ts';

export interface ReportParts {
  readonly events: EventBus;
  readonly paths: Pick<Paths, 'audit'>;
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Those who listen to the events and tell about them when asked. */
export interface DaemonReports extends Reports {
  readonly streams: EventStreams;
  close(): void;
}

export function createReports({ events, paths, catalog, clock, log }: ReportParts): DaemonReports {
  const audit = createAudit({ path: paths.audit, events, catalog, clock, log });
  return {
    streams: createEventStreams(events, clock),
    audit: audit.answer,
    close: audit.close,
  };
}
