import { describe, expect, test } from 'vitest';
import { useExisting } from '../../../../src/daemon/grants/existing.ts';
import type { Holder } from '../../../../src/domain/lease.ts';
import type { LeaseRequest } from '../../../../src/domain/request.ts';
import type { AllocateBody } from '../../../../src/protocol/requests/allocate.ts';
import { testHolders } from '../../../support/holders.ts';
import { hold, lease, request } from '../../../support/leases.ts';

const process: Holder = { kind: 'process', pid: 7, startTime: '70' };
const connection: Holder = { kind: 'connection', pid: 5, startTime: '50' };
const asked = (body: Partial<AllocateBody> = {}): AllocateBody => ({ service_type: 'dev', ...body });

function setUp() {
  const made = testHolders();
  const told: string[] = [];
  made.holders.events.subscribe(
    ({ event, sharers }) => void told.push(typeof sharers === 'number' ? `${event} ${sharers}` : event),
  );
  const ask = (body: Partial<AllocateBody>, own: Partial<LeaseRequest> = {}) =>
    useExisting(made.holders, asked(body), request(own));
  return { ...made, told, ask };
}

describe('an asker that has a lease', () => {
  test('gets it again, kept by what it named this time', async () => {
    const { ask, at, told, leased } = setUp();
    const { id } = leased({ requestId: 'r', orphanedAt: 5 });
    expect(await ask({ request_id: 'r' }, { holder: process })).toMatchObject({
      lock_id: id,
      existing: true,
    });
    expect(at()).toMatchObject({ holds: [{ holder: process }], orphanedAt: undefined });
    expect(told).toEqual(['taken_up']);
  });

  test('leaves it to the process that keeps it, when it comes back by a connection', async () => {
    const { ask, at, told, leased } = setUp();
    const { id } = leased({ holder: process });
    expect(await ask({ lock_id: id, hold: true }, { holder: connection })).toMatchObject({ lock_id: id });
    expect(at()?.holds[0].holder).toEqual(process);
    expect(told).toEqual([]);
  });

  test('is none when it asks for a lease that has ended', () => {
    expect(setUp().ask({ lock_id: 'gone' })).toBeUndefined();
  });
});

describe('a service that runs once', () => {
  const share = { key: 'k', holdId: 'new', serves: false };
  const shared = () => {
    const made = setUp();
    const { id, ...first } = lease(3000, { holder: process, shared: { key: 'k' } });
    made.books.ledger.add({ ...first, id, holds: [hold('one', { holder: process })] });
    return made;
  };

  test('is held by one asker more, who is told how many there are', async () => {
    const { ask, at, told } = shared();
    const answer = await ask({}, { holder: connection, share });
    expect(answer).toMatchObject({ existing: true, share_id: 'new', sharers: [{}, {}] });
    expect(at()?.holds.map(({ id }) => id)).toEqual(['one', 'new']);
    expect(told).toEqual(['taken_up 2']);
  });

  test('counts nobody twice', async () => {
    const { ask, at } = shared();
    expect(await ask({}, { holder: process, share })).toMatchObject({ share_id: 'one' });
    expect(at()?.holds).toHaveLength(1);
  });

  test('is not started twice: the second who would start it is told where it runs, and holds nothing', async () => {
    const { ask, at, books } = shared();
    books.ledger.change({ ...at()!, shared: { key: 'k', servedBy: 'one' } });
    const answer = await ask({ serves: true }, { holder: connection, share: { ...share, serves: true } });
    expect(answer).toMatchObject({ existing: true, shared: true });
    expect(at()?.holds).toHaveLength(1);
  });

  test('is started by the next one when nothing of it runs', async () => {
    const { ask, at } = shared();
    await ask({ serves: true }, { holder: connection, share: { ...share, serves: true } });
    expect(at()?.shared?.servedBy).toBe('new');
  });

  test('whose holder has gone is held by the one who comes, alone', async () => {
    const { ask, at, books } = shared();
    books.ledger.change({ ...at()!, orphanedAt: 5 });
    await ask({}, { holder: connection, share });
    expect(at()).toMatchObject({ holds: [{ id: 'new' }], orphanedAt: undefined });
    expect(at()?.holds).toHaveLength(1);
  });
});
