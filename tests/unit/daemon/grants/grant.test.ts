import { beforeEach, expect, test } from 'vitest';
import { silentLogger } from '../../../../src/base/log.ts';
import { StyxyError } from '../../../../src/base/styxy-error.ts';
import { enter, grant, type GrantParts } from '../../../../src/daemon/grants/grant.ts';
import type { CandidateSources } from '../../../../src/domain/candidates.ts';
import type { JournalRecord } from '../../../../src/domain/records.ts';
import { lease, request, serviceType, sourcesFor } from '../../../support/leases.ts';

let sources: CandidateSources;
let written: JournalRecord[];
let asked: number[];
let conflicts: number[];
const strangers = new Set<number>();

beforeEach(() => {
  sources = sourcesFor([serviceType('dev', 3000, 3002)], [9876]);
  [written, asked, conflicts] = [[], [], []];
  strangers.clear();
});

function parts(own: Partial<GrantParts> = {}): GrantParts {
  return {
    sources,
    clock: () => 50,
    log: silentLogger,
    newId: () => `id-${written.length + 1}`,
    journal: { append: (record) => void written.push(record) },
    async isPortFree(port) {
      asked.push(port);
      return !strangers.has(port);
    },
    conflicts: { passOver: () => true, found: (port) => void conflicts.push(port) },
    ...own,
  };
}

test('a lease is in the journal and in the table before anybody hears of it', async () => {
  const granted = await grant(request({ project: '/p', name: 'web' }), parts());
  expect(granted).toMatchObject({ id: 'id-1', port: 3000, allocatedAt: 50 });
  expect(written).toEqual([{ op: 'lease', lease: granted }]);
  expect(sources.leases.at(3000)).toBe(granted);
});

test('what can not be written down is not granted', async () => {
  const full = new StyxyError('STATE_UNWRITABLE', 'no space');
  const failing = parts({
    journal: {
      append: () => {
        throw full;
      },
    },
  });
  await expect(grant(request({ project: '/p', name: 'web' }), failing)).rejects.toBe(full);
  expect([sources.leases.size, [...sources.affinities.entries()]]).toEqual([0, []]);
  expect((await grant(request({ prefer: 3000 }), parts())).port).toBe(3000);
});

test('the system is asked about each port, and a port that a stranger holds is avoided from then on', async () => {
  strangers.add(3000);
  expect((await grant(request(), parts())).port).toBe(3001);
  expect(asked).toEqual([3000, 3001]);
  expect(sources.quarantine.has(3000, 149)).toBe(true);
  expect(sources.quarantine.has(3000, 150)).toBe(false);
});

test('a port that a stranger left is trusted again', async () => {
  strangers.add(3000);
  await grant(request(), parts());
  strangers.clear();
  expect((await grant(request({ prefer: 3000 }), parts())).port).toBe(3000);
  expect(sources.quarantine.has(3000, 51)).toBe(false);
});

test('an exact port that a stranger holds is refused, and no other is tried', async () => {
  strangers.add(3001);
  const taken = {
    code: 'PORT_TAKEN',
    hint: expect.stringContaining('styxy whose 3001'),
    details: { port: 3001, lock_id: null },
  };
  await expect(grant(request({ port: 3001 }), parts())).rejects.toMatchObject(taken);
  expect(asked).toEqual([3001]);
});

test('an exact port that is leased is refused without asking the system, and the holder is named', async () => {
  enter(lease(3001, { name: 'api', project: '/q', command: 'node s.js' }), parts());
  const taken = {
    code: 'PORT_TAKEN',
    why: 'it is leased to "api" in /q (node s.js)',
    details: { lock_id: 'lease-3001' },
  };
  await expect(grant(request({ port: 3001 }), parts())).rejects.toMatchObject(taken);
  expect(asked).toEqual([]);
});

test('a full range says how many are leased and which are held by strangers', async () => {
  enter(lease(3000), parts());
  strangers.add(3001).add(3002);
  await expect(grant(request(), parts())).rejects.toMatchObject({
    code: 'RANGE_FULL',
    message: 'no free port for "dev" in 3000-3002',
    why: '1 of 3 are leased and 2 are held by programs outside Styxy',
    details: { service_type: 'dev', leased: 1, taken: [3001, 3002] },
  });
});

test('a port that may not be granted is refused before the system is asked, wished or exact', async () => {
  for (const wish of [{ port: 9876 }, { prefer: 9876 }, { port: 80 }, { prefer: 6000 }]) {
    await expect(grant(request(wish), parts())).rejects.toMatchObject({ code: 'PORT_NOT_ALLOWED' });
  }
  expect([asked, written]).toEqual([[], []]);
});

test('an unknown type is refused', async () => {
  await expect(grant(request({ type: 'devv' }), parts())).rejects.toMatchObject({
    hint: 'did you mean "dev"?',
  });
});

test('when the system gives no answer, nothing is granted', async () => {
  const blind = parts({ isPortFree: () => Promise.reject(new Error('EMFILE')) });
  await expect(grant(request(), blind)).rejects.toThrow('EMFILE');
  expect([sources.leases.size, written]).toEqual([0, []]);
});

test('where conflicts are not to be passed over, the first one is the answer; all are told', async () => {
  strangers.add(3000).add(3001);
  expect((await grant(request(), parts())).port).toBe(3002);
  expect(conflicts).toEqual([3000, 3001]);
  sources.leases.remove('id-1');
  const strict = parts({ conflicts: { passOver: () => false, found: () => undefined } });
  await expect(grant(request({ prefer: 3001 }), strict)).rejects.toMatchObject({
    code: 'PORT_TAKEN',
    details: { port: 3001, lock_id: null },
  });
});

test('a port to which another program has drifted is refused, with its reason', async () => {
  sources.leases.add(lease(3000, { name: 'web', project: '/p', driftedTo: [3001] }));
  await expect(grant(request({ port: 3001 }), parts())).rejects.toMatchObject({
    code: 'PORT_TAKEN',
    why: '"web" in /p listens there instead of on its port 3000',
    details: { lock_id: 'lease-3000' },
  });
  expect((await grant(request(), parts())).port).toBe(3002);
});
