import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { silentLogger } from '../../../../src/base/log.ts';
import { createNewcomers } from '../../../../src/daemon/machine/newcomers.ts';
import { ledgerFor, type TestLedger } from '../../../support/ledger.ts';
import { lease, type LeaseFacts } from '../../../support/leases.ts';

const SERVED: LeaseFacts = {
  holder: { kind: 'connection', pid: 10, startTime: '1' },
  service: { pid: 20, startTime: '2' },
};

let books: TestLedger;
let counts: Map<number, number>;
let readings: number;
let observations: number;
/** What a reading of the sockets takes. */
let costMs: number;

beforeEach(() => {
  vi.useFakeTimers();
  books = ledgerFor();
  [counts, readings, observations, costMs] = [new Map([[3000, 1]]), 0, 0, 0];
  let now = 0;
  const newcomers = createNewcomers({
    state: books.state,
    ledger: books.ledger,
    states: { isBound: () => true },
    uptime: () => now,
    log: silentLogger,
    observer: {
      async observe() {
        observations += 1;
        return {} as never;
      },
      async portsInUse() {
        readings += 1;
        now += costMs;
        return Object.assign(new Set(counts.keys()), { counts });
      },
    },
  });
  onTestFinished(newcomers.close);
});
afterEach(() => void vi.useRealTimers());

const onLinux = test.runIf(process.platform === 'linux');

onLinux('one more socket on the port of a server that runs is an observation, once', async () => {
  books.ledger.add(lease(3000, SERVED));
  await vi.advanceTimersByTimeAsync(10_000);
  expect([readings > 5, observations]).toEqual([true, 0]);
  counts.set(3000, 2);
  await vi.advanceTimersByTimeAsync(2000);
  expect(observations).toBe(1);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(observations).toBe(1);
  counts.set(3000, 1);
  await vi.advanceTimersByTimeAsync(2000);
  counts.set(3000, 2);
  await vi.advanceTimersByTimeAsync(2000);
  expect(observations).toBe(2);
});

onLinux('one that came with the server is seen at the first count', async () => {
  counts.set(3000, 2);
  books.ledger.add(lease(3000, SERVED));
  await vi.advanceTimersByTimeAsync(2000);
  expect(observations).toBe(1);
});

onLinux('nothing is read without a server whose user can be told', async () => {
  books.ledger.add(lease(3000, { holder: { kind: 'ttl', expiresAt: 1e15 } }));
  await vi.advanceTimersByTimeAsync(10_000);
  expect(readings).toBe(0);
  const served = lease(3001, SERVED);
  books.ledger.add(served);
  await vi.advanceTimersByTimeAsync(3000);
  expect(readings).toBeGreaterThan(0);
  books.ledger.end(served.id, 'released');
  await vi.advanceTimersByTimeAsync(2000);
  readings = 0;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(readings).toBe(0);
});

onLinux('where a reading takes long, it is made less often', async () => {
  costMs = 50;
  books.ledger.add(lease(3000, SERVED));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(readings).toBeLessThanOrEqual(13);
});
