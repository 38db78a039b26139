import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { servingPorts } from '../../../../src/domain/reconcile.ts';
import { testHolders } from '../../../support/holders.ts';
import type { LeaseFacts } from '../../../support/leases.ts';

const GRACE_MS = 30_000;
const server = { pid: 7, startTime: '70' };

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

/** A machine whose listeners can also not be read; each reading is counted. */
function setUp() {
  const about = { isReadable: true, readings: 0 };
  const made = testHolders(
    {
      async portsInUse() {
        about.readings += 1;
        if (!about.isReadable) throw new Error('EMFILE');
        return made.world.listening;
      },
    },
    undefined,
    () => performance.now(),
  );
  made.world.alive = [server];
  const left = (port = 3000, own: LeaseFacts = {}) =>
    made.leased({ port, holder: { kind: 'process', ...server, isAdopted: true }, ...own });
  return { ...made, about, left };
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

test('an adopted process that has not listened within the grace loses the lease, and not before', async () => {
  const { story, left } = setUp();
  left();
  await pass(GRACE_MS - 10);
  expect(story).toEqual([]);
  await pass(20);
  expect(story).toEqual(['lease-3000 stale']);
});

test('one that listens keeps it, until nothing has listened for a whole grace', async () => {
  const { story, world, left } = setUp();
  left();
  await pass(GRACE_MS - 10);
  world.listening.add(3000);
  await pass(5 * GRACE_MS);
  expect(story).toEqual([]);
  world.listening.clear();
  await pass(GRACE_MS - 20);
  expect(story).toEqual([]);
  await pass(GRACE_MS + 40);
  expect(story).toEqual(['lease-3000 stale']);
});

test('one that restarts may be away for a grace', async () => {
  const { story, world, left } = setUp();
  world.wasSeen = true;
  left();
  await pass(GRACE_MS + 10);
  expect(story).toEqual([]);
  world.listening.add(3000);
  await pass(5 * GRACE_MS);
  expect(story).toEqual([]);
});

test('a server that has drifted keeps it; a helper on some port of the system does not', async () => {
  const { story, world, left } = setUp();
  left(3000, { driftedTo: [5173] });
  left(3001, { driftedTo: [40_123] });
  world.listening.add(5173).add(40_123);
  await pass(2 * GRACE_MS + 20);
  expect(story).toEqual(['lease-3001 stale']);
  expect(servingPorts({ port: 3000, driftedTo: [5173] })).toEqual([3000, 5173]);
});

test('each lease has its own grace, and leases of all other holders have none', async () => {
  const { story, books, left, at } = setUp();
  left(3000);
  left(3002, { holder: { kind: 'process', ...server } });
  await pass(1000);
  left(3001);
  const known = at(3000);
  if (known) books.ledger.change({ ...known, driftedTo: [5173] });
  await pass(GRACE_MS - 990);
  expect(story).toEqual(['lease-3000 stale']);
  await pass(1000);
  expect(story).toEqual(['lease-3000 stale', 'lease-3001 stale']);
  await pass(10 * GRACE_MS);
  expect(books.state.leases.size).toBe(1);
});

test('a lease that got another holder is not the adopted process’s any more', async () => {
  const { story, books, world, left } = setUp();
  const made = left();
  const other = { pid: 8, startTime: '80' };
  world.alive.push(other);
  books.ledger.change({ ...made, holds: [{ ...made.holds[0], holder: { kind: 'process', ...other } }] });
  await pass(3 * GRACE_MS);
  expect(story).toEqual([]);
});

test('what can not be read ends nothing', async () => {
  const { story, about, left } = setUp();
  about.isReadable = false;
  left();
  await pass(5 * GRACE_MS);
  expect(story).toEqual([]);
});

test('without adopted processes nothing is read', async () => {
  const { about, books, left } = setUp();
  books.ledger.end(left().id, 'released');
  await pass(3 * GRACE_MS);
  expect(about.readings).toBe(0);
});
