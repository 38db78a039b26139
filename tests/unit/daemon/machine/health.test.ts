import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { silentLogger } from '../../../../src/base/log.ts';
import { createEventBus, type EventBus } from '../../../../src/daemon/ledger/events.ts';
import { createHealth, type Health, type HealthParts } from '../../../../src/daemon/machine/health.ts';
import type { Holder, Lease } from '../../../../src/domain/lease.ts';
import { parseUserConfig } from '../../../../src/settings/parse.ts';
import { ledgerFor, type TestLedger } from '../../../support/ledger.ts';
import { lease, type LeaseFacts } from '../../../support/leases.ts';

let books: TestLedger;
let inUse: Set<number>;
let looks: number;
let story: string[];
let monitoring: Record<string, unknown>;
let events: EventBus;

afterEach(() => void vi.useRealTimers());
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  books = ledgerFor();
  [inUse, looks, story] = [new Set(), 0, []];
  monitoring = { check_interval_ms: 100, max_failures: 2 };
  events = createEventBus(() => 0);
});

function monitor(own: Partial<HealthParts> = {}): Health {
  const health = createHealth({
    state: books.state,
    ledger: books.ledger,
    observer: {
      portsInUse: async () => new Set(inUse),
      observe: async () => ((looks += 1), undefined as never),
    },
    settings: () => parseUserConfig({ recovery: { health_monitoring: monitoring } }, 'test'),
    events,
    machine: { isAlive: () => false },
    uptime: () => performance.now(),
    log: silentLogger,
    ...own,
  });
  health.onStale(({ id }) => {
    books.ledger.end(id, 'stale');
    story.push(`${id} stale`);
  });
  onTestFinished(health.close);
  return health;
}

function leased(own: LeaseFacts = {}): Lease {
  const made = lease(3000, own);
  books.ledger.add(made);
  return made;
}

const checks = (count: number) => vi.advanceTimersByTimeAsync(100 * count);

test('a lease whose program listened and does no more ends after max_failures', async () => {
  const health = monitor();
  leased();
  inUse = new Set([3000]);
  await checks(2);
  expect(health.statistics).toMatchObject({ healthy: 1, unhealthy: 0 });
  inUse = new Set();
  await checks(1);
  expect([story, health.statistics.unhealthy]).toEqual([[], 1]);
  await checks(1);
  expect(story).toEqual(['lease-3000 stale']);
});

test('one failure is forgotten when the program is back', async () => {
  monitoring.max_failures = 3;
  monitor();
  leased();
  for (const used of [true, false, true, false, true]) {
    inUse = new Set(used ? [3000] : []);
    await checks(2);
  }
  expect(story).toEqual([]);
});

test('between its grant and the first listener a lease has all the time it needs', async () => {
  const health = monitor();
  leased();
  await checks(4);
  expect([story, health.statistics.unhealthy]).toEqual([[], 0]);
});

test('what is granted during a check is left to the next: its probe listened for a moment', async () => {
  const health: Health = monitor({
    observer: {
      async portsInUse() {
        if (!books.state.leases.at(3001)) books.ledger.add(lease(3001));
        return new Set(health.statistics.checks === 0 ? [3001] : []);
      },
      observe: async () => undefined as never,
    },
  });
  leased();
  await checks(4);
  expect(health.statistics).toMatchObject({ checks: 4, unhealthy: 0 });
  expect(story).toEqual([]);
});

describe('a lease whose port is no longer in use is kept', () => {
  const gone = async (own: LeaseFacts, parts: Partial<HealthParts> = {}) => {
    const health = monitor(parts);
    leased(own);
    inUse = new Set([3000]);
    await checks(1);
    inUse = new Set();
    await checks(4);
    expect(story).toEqual([]);
    expect(health.statistics.unhealthy).toBe(1);
  };

  test.each<[string, Holder]>([
    ['wrapper', { kind: 'connection', pid: 5, startTime: '1' }],
    ['process', { kind: 'process', pid: 5, startTime: '1' }],
    ['instance', { kind: 'instance', id: 'agent' }],
  ])('by a live %s', (_, holder) => gone({ holder }));

  test('by its live program', () =>
    gone({ service: { pid: 7, startTime: '1' } }, { machine: { isAlive: () => true } }));

  test('without cleanup_stale_allocations', () => {
    monitoring.cleanup_stale_allocations = false;
    return gone({});
  });
});

test('a lease that has drifted is in use where it is', async () => {
  monitor();
  leased({ driftedTo: [5173] });
  for (const ports of [[5173], [5173], [3000], [5173]]) {
    inUse = new Set(ports);
    await checks(2);
  }
  expect(story).toEqual([]);
});

describe('processes are looked for', () => {
  test('only when the port of a lease comes into use or goes out of it, and now and then', async () => {
    monitor();
    leased();
    await checks(3);
    inUse = new Set([4000]);
    await checks(3);
    expect(looks).toBe(0);
    inUse = new Set([4000, 3000]);
    await checks(3);
    expect(looks).toBe(1);
    await checks(20);
    expect(looks).toBe(2);
  });

  test('at every change as long as the program of a lease may come up elsewhere', async () => {
    monitor();
    leased({ service: { pid: 7, startTime: '1' } });
    await checks(2);
    const before = looks;
    inUse = new Set([4000]);
    await checks(2);
    expect(looks).toBe(before + 1);
    inUse = new Set([3000]);
    await checks(2);
    inUse = new Set([3000, 4001]);
    await checks(2);
    expect(looks).toBe(before + 2);
  });
});

test('nothing is checked without a lease, nor when monitoring is disabled, and a change is noticed', async () => {
  const health = monitor();
  monitoring.enabled = false;
  leased();
  await vi.advanceTimersByTimeAsync(1000);
  expect(health.statistics.checks).toBe(0);
  monitoring.enabled = true;
  await vi.advanceTimersByTimeAsync(1000);
  expect(health.statistics.checks).toBe(10);
  monitoring.check_interval_ms = 500;
  await vi.advanceTimersByTimeAsync(1000);
  expect(health.statistics.checks).toBe(12);
  books.ledger.end('lease-3000', 'released');
  await vi.advanceTimersByTimeAsync(1000);
  expect([health.statistics.checks, vi.getTimerCount()]).toEqual([12, 0]);
});

test('a change of the interval is in force at once, also one from an hour to a moment', async () => {
  const health = monitor();
  monitoring.check_interval_ms = 3_600_000;
  leased();
  await vi.advanceTimersByTimeAsync(60_000);
  monitoring.check_interval_ms = 100;
  events.emit('config_changed');
  await vi.advanceTimersByTimeAsync(1000);
  expect(health.statistics.checks).toBeGreaterThanOrEqual(10);
  books.ledger.end('lease-3000', 'released');
  await vi.advanceTimersByTimeAsync(200);
  events.emit('config_changed');
  expect(vi.getTimerCount(), 'no lease, no timer').toBe(0);
});
