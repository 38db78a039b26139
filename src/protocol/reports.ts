import type { AuditAnswer, AuditQuery } from './audit.ts';

/**
 * What the daemon reports about itself. Two implementations, as for the coordinator: inside the daemon, and the client
 * that asks it over HTTP. Every method throws StyxyError.
 */
export interface Reports {
  audit(query?: AuditQuery): Promise<AuditAnswer>;
}
