import { HIGHEST_PORT, isPort, LOWEST_PORT } from '../base/port-number.ts';
import { StyxyError } from '../base/styxy-error.ts';
import type { Allocation, WireListener } from './allocation.ts';
import type { Provenance } from './provenance.ts';

/** Ends included; by default, every port. */
export interface ScanQuery {
  from?: number | undefined;
  to?: number | undefined;
}

/**
 * leased: it has a lease. drifted: a program listens there that has a lease on another port. additional: it listens
 * there as well as on its lease, or has been started for none. external: a listener on a managed port that no lease
 * explains. unmanaged: the same on a port of no service type. reserved: the Styxy daemon's own.
 */
export type PortState = 'leased' | 'drifted' | 'additional' | 'external' | 'unmanaged' | 'reserved';

/** A port with a lease or a listener. */
export interface ScannedPort extends Provenance {
  port: number;
  state: PortState;
  service_type: string | null;
  allocation: Allocation | null;
  listeners: WireListener[];
}

/** Ports that are not named have neither a lease nor a listener. */
export interface ScanAnswer {
  from: number;
  to: number;
  ports: ScannedPort[];
  took_ms: number;
}

/** @throws StyxyError INVALID_PORT, INVALID_REQUEST when the range ends before it begins */
export function scanRange({ from = LOWEST_PORT, to = HIGHEST_PORT }: ScanQuery): {
  from: number;
  to: number;
} {
  if (![from, to].every(isPort)) throw new StyxyError('INVALID_PORT', `${from}-${to} is no range of ports`);
  if (from <= to) return { from, to };
  throw new StyxyError('INVALID_REQUEST', `the range ${from}-${to} ends before it begins`, {
    hint: `turn it round: ${to}-${from}`,
    details: { from, to },
  });
}
