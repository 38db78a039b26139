import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { createHeirs, servingPorts, type Heirs } from '../../../../src/daemon/holders/adopted.ts';
import { heldByHeir, type Lease } from '../../../../src/domain/lease.ts';
import type { LeaseTable } from '../../../../src/domain/lease-table.ts';
import { lease, serviceType, sourcesFor } from '../../../support/leases.ts';

const GRACE_MS = 30_000;
const server = { pid: 7, startTime: '70' };

let leases: LeaseTable;
let listening: Set<number> | undefined;
let wasInUse: boolean;
let looks: number;
let story: string[];

beforeEach(() => {
  vi.useFakeTimers();
  leases = sourcesFor([serviceType('dev', 3000, 3099)]).leases;
  [listening, wasInUse, looks, story] = [new Set(), false, 0, []];
});
afterEach(() => void vi.useRealTimers());

function heirs(): Heirs {
  const made = createHeirs({
    leases,
    portsInUse: async () => ((looks += 1), listening),
    wasInUse: () => wasInUse,
    end: (id, reason) => {
      leases.remove(id);
      story.push(`${id} ${reason}`);
    },
    uptime: () => performance.now(),
  });
  onTestFinished(made.close);
  return made;
}

function left(port = 3000, own: Partial<Lease> = {}): Lease {
  const made = lease(port, { holder: heldByHeir(server), ...own });
  leases.add(made);
  return made;
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

test('an heir that has not listened within the grace loses the lease, and not before', async () => {
  heirs().watch(left());
  await pass(GRACE_MS - 10);
  expect(story).toEqual([]);
  await pass(20);
  expect(story).toEqual(['lease-3000 stale']);
});

test('one that listens keeps it, until nothing has listened for a whole grace', async () => {
  heirs().watch(left());
  await pass(GRACE_MS - 10);
  listening = new Set([3000]);
  await pass(5 * GRACE_MS);
  expect(story).toEqual([]);
  listening = new Set();
  await pass(GRACE_MS - 20);
  expect(story).toEqual([]);
  await pass(GRACE_MS + 40);
  expect(story).toEqual(['lease-3000 stale']);
});

test('one that starts anew may be away for a grace', async () => {
  wasInUse = true;
  heirs().watch(left());
  await pass(GRACE_MS + 10);
  expect(story).toEqual([]);
  listening = new Set([3000]);
  await pass(5 * GRACE_MS);
  expect(story).toEqual([]);
});

test('a server that has drifted keeps it; a helper on some port of the system does not', async () => {
  const watcher = heirs();
  watcher.watch(left(3000, { driftedTo: [5173] }));
  watcher.watch(left(3001, { driftedTo: [40_123] }));
  listening = new Set([5173, 40_123]);
  await pass(2 * GRACE_MS + 20);
  expect(story).toEqual(['lease-3001 stale']);
  expect(servingPorts({ port: 3000, driftedTo: [5173] })).toEqual([3000, 5173]);
});

test('each lease has its own grace, and leases of all other holders have none', async () => {
  const watcher = heirs();
  watcher.watch(left(3000));
  watcher.watch(left(3002, { holder: { kind: 'process', ...server } }));
  await pass(1000);
  watcher.watch(left(3001));
  watcher.watch(leases.at(3000)!);
  await pass(GRACE_MS - 990);
  expect(story).toEqual(['lease-3000 stale']);
  await pass(1000);
  expect(story).toEqual(['lease-3000 stale', 'lease-3001 stale']);
  await pass(10 * GRACE_MS);
  expect(leases.size).toBe(1);
});

test('a lease that got another holder is the heirs’ no more', async () => {
  const watcher = heirs();
  const made = left();
  watcher.watch(made);
  leases.replace({ ...made, holder: { kind: 'process', pid: 8, startTime: '80' } });
  await pass(3 * GRACE_MS);
  expect(story).toEqual([]);
});

test('what can not be read ends nothing', async () => {
  heirs().watch(left());
  listening = undefined;
  await pass(5 * GRACE_MS);
  expect(story).toEqual([]);
});

test('without heirs nothing is looked at', async () => {
  const watcher = heirs();
  watcher.watch(left());
  watcher.forget('lease-3000');
  await pass(3 * GRACE_MS);
  expect(looks).toBe(0);
});
