import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Connection } from '../../../src/client/connection.ts';
import { holdLease } from '../../../src/client/held-lease.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A daemon that answers every question, and what it was asked. */
function answering(): { connection: Connection; asked: string[] } {
  const asked: string[] = [];
  const stream = {
    first: { lock_id: 'lease-1', port: 3000 },
    onLine: () => undefined,
    onEnd: () => undefined,
    unref: () => undefined,
    tell: async () => undefined,
    close: () => undefined,
  };
  const connection: Connection = {
    async call({ method, path }) {
      asked.push(`${method} ${path}`);
      return {} as never;
    },
    hold: async () => stream,
    tell: async () => undefined,
  };
  return { connection, asked };
}

test('a holder looks every half a minute whether the daemon still answers, until it lets go', async () => {
  const { connection, asked } = answering();
  const lease = await holdLease(connection, { service_type: 'dev' });
  await vi.advanceTimersByTimeAsync(95_000);
  expect(asked).toEqual(['GET /status', 'GET /status', 'GET /status']);
  await lease.release();
  asked.length = 0;
  await vi.advanceTimersByTimeAsync(95_000);
  expect(asked).toEqual([]);
});
