import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/log.ts';
import type { Catalog } from '../../domain/service-type.ts';
import type { DoctorAnswer } from '../../protocol/answers/status.ts';
import type { AuditAnswer } from '../../protocol/answers/audit.ts';
import type { AuditQuery } from '../../protocol/requests/queries.ts';
import type { MetricsAnswer } from '../../protocol/answers/metrics.ts';
import type { Paths } from '../../system/paths.ts';
import type { EventBus } from '../ledger/events.ts';
import { createEventStreams, type EventStreams } from './event-stream.ts';
import { createAudit } from './audit.ts';
import { createDoctor } from './doctor.ts';
import { createCounters } from './counters.ts';
import { createMetrics, type Present } from './metrics.ts';
import { CONTENT_TYPE, toJson, toText } from './prometheus.ts';

export interface ReportParts {
  readonly events: EventBus;
  readonly paths: Pick<Paths, 'audit' | 'state'>;
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Those who listen to what happens, and tell about it when they are asked. */
export interface DaemonReports {
  readonly streams: EventStreams;
  audit(query?: AuditQuery): Promise<AuditAnswer>;
  auditLines(query: AuditQuery): AsyncIterable<string>;
  metrics(present: Present): Promise<{ text: string; contentType: string }>;
  metricsAsJson(present: Present): Promise<MetricsAnswer>;
  doctor(): Promise<DoctorAnswer>;
  /** The daemon has observed the machine. */
  sawMachine(observation: { tookMs: number }): void;
  close(): void;
}

export function createReports({ events, paths, catalog, clock, log }: ReportParts): DaemonReports {
  const audit = createAudit({ path: paths.audit, events, catalog, clock, log });
  const streams = createEventStreams(events, clock);
  const counters = createCounters(events);
  const watchers = (): number => streams.watchers;
  const collect = createMetrics({ counters, catalog, audit, watchers, journal: paths.state });
  return {
    streams,
    audit: audit.answer,
    auditLines: audit.lines,
    doctor: createDoctor(),
    close: audit.close,
    sawMachine: ({ tookMs }) => counters.observe('styxy_sweep_duration_seconds', tookMs / 1000),
    async metrics(present) {
      return { text: toText(await collect(present), counters), contentType: CONTENT_TYPE };
    },
    async metricsAsJson(present) {
      return toJson(await collect(present), counters);
    },
  };
}
