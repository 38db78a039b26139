import { HIGHEST_PORT, isPort, LOWEST_PORT } from '../base/port-number.ts';
import { StyxyError } from '../base/styxy-error.ts';
import type { ScanQuery } from './requests/queries.ts';

/**
 * The ports to scan, both included; by default every port.
 * @throws StyxyError INVALID_PORT, INVALID_REQUEST when the range ends before it begins
 */
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
