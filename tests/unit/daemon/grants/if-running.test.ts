import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { findRunning, settleRunning } from '../../../../src/daemon/grants/if-running.ts';
import type { Holder } from '../../../../src/domain/lease.ts';
import { testHolders } from '../../../support/holders.ts';
import { request } from '../../../support/leases.ts';

const owner = { pid: 7, startTime: '70' };
const holder: Holder = { kind: 'process', ...owner };
const shop = { name: 'shop', project: '/p' };
const body = { service_type: 'dev', if_running: 'reuse' } as const;

function setUp() {
  const made = testHolders();
  const lease = made.leased({ ...shop, holder });
  return { ...made, lease };
}

describe('a service whose holder is dead', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
  function settled({ holders }: ReturnType<typeof setUp>, asked: object = body) {
    const about = { isDone: false };
    const done = settleRunning(holders, { service_type: 'dev', ...asked }, request(shop));
    void done.then(() => (about.isDone = true));
    return about;
  }

  test('is waited for until its lease has ended', async () => {
    const made = setUp();
    const about = settled(made);
    await pass(500);
    expect(about.isDone).toBe(false);
    made.books.ledger.end(made.lease.id, 'holder_gone');
    await pass(50);
    expect(about.isDone).toBe(true);
  });

  test('is waited for until something else holds its lease', async () => {
    const made = setUp();
    const about = settled(made);
    await pass(500);
    expect(about.isDone).toBe(false);
    made.world.alive = [owner];
    await pass(50);
    expect(about.isDone).toBe(true);
  });

  test('is waited for no longer than five seconds', async () => {
    const about = settled(setUp());
    await pass(4900);
    expect(about.isDone).toBe(false);
    await pass(200);
    expect(about.isDone).toBe(true);
  });

  test('is no reason to wait for who does not ask whether it runs', async () => {
    const about = settled(setUp(), { if_running: 'new' });
    await pass(0);
    expect(about.isDone).toBe(true);
  });
});

test('a service that runs is found by who wants to use it, and refused to who wants the only one', async () => {
  const { holders, lease } = setUp();
  expect(await findRunning(holders, body, request(shop))).toBe(lease);
  await expect(findRunning(holders, { ...body, if_running: 'fail' }, request(shop))).rejects.toMatchObject({
    code: 'SERVICE_RUNNING',
  });
  expect(await findRunning(holders, body, request({ ...shop, name: 'other' }))).toBeUndefined();
});

test('a lease that only a deadline holds has no program yet, unless something listens there', async () => {
  const { holders, world, leased } = testHolders();
  const aside = leased(shop);
  expect(await findRunning(holders, body, request(shop))).toBeUndefined();
  world.listening.add(3000);
  expect(await findRunning(holders, body, request(shop))).toBe(aside);
});
