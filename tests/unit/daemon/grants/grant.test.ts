import { beforeEach, expect, test } from 'vitest';
import { silentLogger } from '../../../../src/base/log.ts';
import { StyxyError } from '../../../../src/base/styxy-error.ts';
import { grant, type GrantContext } from '../../../../src/daemon/grants/grant.ts';
import { createEventBus } from '../../../../src/daemon/ledger/events.ts';
import type { Lease } from '../../../../src/domain/lease.ts';
import type { LeaseRequest } from '../../../../src/domain/request.ts';
import { parseUserConfig } from '../../../../src/settings/parse.ts';
import { ledgerFor, type TestLedger } from '../../../support/ledger.ts';
import { lease, request, serviceType } from '../../../support/leases.ts';
import { observerOf, quietMachine } from '../../../support/machine.ts';

let books: TestLedger;
let asked: number[];
let conflicts: unknown[];
const outsiders = new Set<number>();

beforeEach(() => {
  books = ledgerFor([serviceType('dev', 3000, 3002)], 9876);
  [asked, conflicts] = [[], []];
  outsiders.clear();
});

function ask(own: Partial<LeaseRequest> = {}, parts: Partial<GrantContext> = {}): Promise<Lease> {
  const events = createEventBus(() => 50);
  events.subscribe(({ event, port }) => void (event === 'conflict' && conflicts.push(port)));
  const context: GrantContext = {
    state: books.state,
    ledger: books.ledger,
    clock: () => 50,
    log: silentLogger,
    events,
    newId: () => `id-${books.written.length + 1}`,
    settings: () => parseUserConfig({}, 'no file'),
    told: new Map(),
    reasons: new Map(),
    memory: { forgetGone: async () => false },
    observer: observerOf(quietMachine()),
    machine: quietMachine({
      async isPortFree(port) {
        asked.push(port);
        return !outsiders.has(port);
      },
    }),
    ...parts,
  };
  return grant(context, request(own));
}

test('a lease is in the journal and in the table before anybody hears of it', async () => {
  const granted = await ask({ project: '/p', name: 'web' });
  expect(granted).toMatchObject({ id: 'id-1', port: 3000, allocatedAt: 50 });
  expect(books.written).toMatchObject([{ op: 'lease', lease: { id: 'id-1', port: 3000 } }]);
  expect(books.state.leases.at(3000)).toBe(granted);
});

test('what can not be written down is not granted', async () => {
  const full = new StyxyError('STATE_UNWRITABLE', 'no space');
  books.diskError = full;
  await expect(ask({ project: '/p', name: 'web' })).rejects.toBe(full);
  const { leases, affinities } = books.state;
  expect([leases.size, [...affinities.all()]]).toEqual([0, []]);
  books.diskError = undefined;
  expect((await ask({ prefer: 3000 })).port).toBe(3000);
});

test('the system is asked about each port, and a port that an outsider holds is avoided from then on', async () => {
  outsiders.add(3000);
  expect((await ask()).port).toBe(3001);
  expect(asked).toEqual([3000, 3001]);
  expect(books.state.quarantine.has(3000, 60_049)).toBe(true);
  expect(books.state.quarantine.has(3000, 60_050)).toBe(false);
});

test('a port that an outsider left is trusted again', async () => {
  outsiders.add(3000);
  await ask();
  outsiders.clear();
  expect((await ask({ prefer: 3000 })).port).toBe(3000);
  expect(books.state.quarantine.has(3000, 51)).toBe(false);
});

test('an exact port that an outsider holds is refused, and no other is tried', async () => {
  outsiders.add(3001);
  const taken = {
    code: 'PORT_TAKEN',
    hint: expect.stringContaining('styxy whose 3001'),
    details: { port: 3001, lock_id: null },
  };
  await expect(ask({ port: 3001 })).rejects.toMatchObject(taken);
  expect(asked).toEqual([3001]);
});

test('an exact port that is leased is refused without asking the system, and the holder is named', async () => {
  books.ledger.add(lease(3001, { name: 'api', project: '/q', command: 'node s.js' }));
  const taken = {
    code: 'PORT_TAKEN',
    why: '3001 is leased to api (/q), which runs node s.js',
    details: { lock_id: 'lease-3001' },
  };
  await expect(ask({ port: 3001 })).rejects.toMatchObject(taken);
  expect(asked).toEqual([]);
});

test('a full range says how many are leased and which are held by outsiders', async () => {
  books.ledger.add(lease(3000));
  outsiders.add(3001).add(3002);
  await expect(ask()).rejects.toMatchObject({
    code: 'RANGE_FULL',
    message: 'no free port for "dev" in 3000-3002',
    why: '1 of 3 are leased and 2 are held by programs outside Styxy',
    details: { service_type: 'dev', leased: 1, taken: [3001, 3002] },
  });
});

test('an exact port that may not be granted is refused before the system is asked', async () => {
  for (const wish of [{ port: 9876 }, { port: 80 }, { port: 6000 }]) {
    await expect(ask(wish)).rejects.toMatchObject({ code: 'PORT_NOT_ALLOWED' });
  }
  expect([asked, books.written]).toEqual([[], []]);
});

test('an unknown type is refused', async () => {
  await expect(ask({ type: 'devv' })).rejects.toMatchObject({
    hint: 'did you mean "dev"?',
  });
});

test('when the system gives no answer, nothing is granted', async () => {
  const machine = quietMachine({ isPortFree: () => Promise.reject(new Error('EMFILE')) });
  await expect(ask({}, { machine })).rejects.toThrow('EMFILE');
  expect([books.state.leases.size, books.written]).toEqual([0, []]);
});

test('where conflicts are not to be passed over, the first one is the answer; all are told', async () => {
  outsiders.add(3000).add(3001);
  expect((await ask()).port).toBe(3002);
  expect(conflicts).toEqual([3000, 3001]);
  books.state.leases.remove('id-1');
  const settings = () => parseUserConfig({ recovery: { port_conflict: { enabled: false } } }, 'test');
  await expect(ask({ prefer: 3001 }, { settings })).rejects.toMatchObject({
    code: 'PORT_TAKEN',
    details: { port: 3001, lock_id: null },
  });
});

test('a port to which another program has drifted is refused, with its reason', async () => {
  books.state.leases.add(lease(3000, { name: 'web', project: '/p', driftedTo: [3001] }));
  await expect(ask({ port: 3001 })).rejects.toMatchObject({
    code: 'PORT_TAKEN',
    why: '3001 is used by web (/p) instead of its port 3000',
    details: { lock_id: 'lease-3000' },
  });
  expect((await ask()).port).toBe(3002);
});
