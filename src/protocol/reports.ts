import type { AuditAnswer, AuditQuery } from './audit.ts';
import type { MetricsAnswer } from './metrics.ts';

/**
 * What the daemon reports about itself. Two implementations, as for the coordinator: inside the daemon, and the client
 * that asks it over HTTP. Every method throws StyxyError.
 */
export interface Reports {
  audit(query?: AuditQuery): Promise<AuditAnswer>;
  /** In the text format of Prometheus. */
  metrics(): Promise<string>;
  metricsAsJson(): Promise<MetricsAnswer>;
}
