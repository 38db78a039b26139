import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { attach } from '../../../../src/daemon/holders/attach.ts';
import { release } from '../../../../src/daemon/holders/release.ts';
import type { Holder, ProcessId } from '../../../../src/domain/lease.ts';
import { testHolders } from '../../../support/holders.ts';
import { hold, lease, type LeaseFacts } from '../../../support/leases.ts';

const child: ProcessId = { pid: 7, startTime: '70' };
const parent: ProcessId = { pid: 5, startTime: '50' };
const adopted: Holder = { kind: 'process', ...child, isAdopted: true };

describe('a deadline', () => {
  const holder: Holder = { kind: 'ttl', expiresAt: 100 };

  test('ends a lease whose port nobody uses, not before its time', async () => {
    const { holders, world, story, leased } = testHolders();
    leased({ holder });
    world.now = 99;
    await holders.watch.checkAll();
    expect(story).toEqual([]);
    world.now = 100;
    await holders.watch.checkAll();
    expect(story).toEqual(['lease-3000 expired']);
  });

  test.each([3_600_000, -3_600_000])('is not moved by a wall clock that jumps by %i ms', async (jump) => {
    let uptime = 0;
    const { holders, world, story, leased } = testHolders({}, undefined, () => uptime);
    leased({ holder });
    world.now = jump;
    uptime = 99;
    await holders.watch.checkAll();
    expect(story).toEqual([]);
    uptime = 100;
    await holders.watch.checkAll();
    expect(story).toEqual(['lease-3000 expired']);
  });

  test('ends it by itself, too', async () => {
    const { world, story, leased } = testHolders();
    world.now = 80;
    leased({ holder });
    world.now = 100;
    await expect.poll(() => story).toEqual(['lease-3000 expired']);
  });

  test('leaves an orphan while something listens on the port, and ends it a moment after that', async () => {
    const { holders, world, story, leased, at } = testHolders();
    leased({ holder });
    world.listening.add(3000);
    world.now = 100;
    await holders.watch.checkAll();
    await holders.watch.checkAll();
    expect(at()).toMatchObject({ holds: [{ holder }], orphanedAt: 100 });
    expect(story).toEqual(['lease-3000 orphaned']);
    world.listening.clear();
    await expect.poll(() => story, { timeout: 4000 }).toEqual(['lease-3000 orphaned', 'lease-3000 expired']);
  });

  test('leaves an orphan as well where its program has drifted to another port', async () => {
    const { holders, world, story, leased } = testHolders();
    leased({ holder, driftedTo: [5173] });
    world.listening.add(5173);
    world.now = 100;
    await holders.watch.checkAll();
    expect(story).toEqual(['lease-3000 orphaned']);
  });

  test('does nothing to a lease that is renewed while its port is looked at', async () => {
    const renewed = lease(3000, { holder: { kind: 'ttl', expiresAt: 9000 } });
    const made = testHolders({
      portsInUse: async () => (made.books.ledger.change(renewed), new Set<number>()),
    });
    made.leased({ holder });
    made.world.now = 100;
    await made.holders.watch.checkAll();
    expect(made.at()).toEqual(renewed);
  });

  test('does nothing to a lease that is released while its port is looked at', async () => {
    const made = testHolders({
      portsInUse: async () => (made.books.ledger.end('lease-3000', 'released'), new Set([3000])),
    });
    made.leased({ holder });
    made.world.now = 100;
    await made.holders.watch.checkAll();
    expect(made.story).toEqual(['lease-3000 released']);
  });

  test('ends nothing when the listeners can not be read', async () => {
    const { holders, world, leased, at } = testHolders({
      portsInUse: () => Promise.reject(new Error('EMFILE')),
      isPortFree: () => Promise.reject(new Error('EMFILE')),
    });
    leased({ holder });
    world.now = 100;
    await holders.watch.checkAll();
    await holders.watch.checkAll();
    expect(at()).toBeDefined();
  });
});

describe('a process that holds a lease', () => {
  const holder: Holder = { kind: 'process', ...parent };

  test('keeps it as long as it lives', async () => {
    const { holders, world, story, leased } = testHolders();
    world.alive = [parent];
    leased({ holder });
    await holders.watch.checkAll();
    expect(story).toEqual([]);
  });

  test('ends it by its own end, also when its pid is used again', async () => {
    const { holders, world, story, leased } = testHolders();
    world.alive = [{ ...parent, startTime: '99' }];
    leased({ holder });
    await holders.watch.checkAll();
    expect(story).toEqual(['lease-3000 holder_gone']);
  });

  test('leaves it to what it started', async () => {
    const { holders, world, story, leased, at } = testHolders();
    world.started = [child];
    leased({ holder });
    await holders.watch.checkAll();
    expect(at()).toMatchObject({ service: child, holds: [{ holder: adopted }] });
    expect(story).toEqual([]);
  });

  test('leaves an orphan when a process that nothing ties to it still listens; found again after a restart', async () => {
    const { holders, world, story, leased, books } = testHolders();
    world.listening.add(3000);
    leased({ holder });
    await holders.watch.checkAll();
    expect(story).toEqual(['lease-3000 orphaned']);
    holders.closeHolders();
    const next = testHolders({}, books);
    next.world.listening.add(3000);
    books.ledger.resume();
    await next.holders.watch.checkAll();
    expect(next.story).toEqual([]);
    next.world.listening.clear();
    await next.holders.watch.checkAll();
    expect(next.story).toEqual(['lease-3000 holder_gone']);
  });

  test('is asked about once at each look, however many leases it holds', async () => {
    let questions = 0;
    const { holders, leased } = testHolders({ isAlive: () => (questions += 1) > 0 });
    for (const port of [3000, 3001, 3002]) leased({ port, holder });
    await holders.watch.checkAll();
    expect(questions).toBe(1);
  });
});

describe('a connection that holds a lease', () => {
  const holder: Holder = { kind: 'connection', ...parent };

  test('ends it by its own end', async () => {
    const { holders, story, leased, connect } = testHolders();
    const wrapper = connect(leased({ holder }).id);
    holders.watch.disconnect(wrapper);
    await expect.poll(() => story).toEqual(['lease-3000 holder_gone']);
  });

  test('ends it at once when its client never read which lease it got', () => {
    const { holders, story, leased, connect } = testHolders();
    const wrapper = connect(leased({ holder }).id);
    holders.watch.disconnect(wrapper, true);
    expect(story).toEqual(['lease-3000 holder_gone']);
  });

  test.each([
    ['leaves an orphan when what it ran escaped and still listens', true, 'lease-3000 orphaned'],
    ['ends it when only an outsider listens there', false, 'lease-3000 holder_gone'],
  ])('%s', async (_, wasSeen, told) => {
    const { holders, world, story, leased, connect } = testHolders();
    const wrapper = connect(leased({ holder }).id);
    world.listening.add(3000);
    world.wasSeen = wasSeen;
    holders.watch.disconnect(wrapper);
    await expect.poll(() => story).toEqual([told]);
  });

  test('takes the program of a killed wrapper with it', async () => {
    const { holders, world, story, leased, connect } = testHolders();
    const wrapper = connect(leased({ holder }).id);
    world.started = [child];
    holders.watch.disconnect(wrapper);
    await expect.poll(() => story).toEqual(['ended processes 7', 'lease-3000 reaped']);
  });

  test.each<[string, Holder, ProcessId | undefined]>([
    ['known by its own word', holder, undefined],
    ['known by the program that it started', { kind: 'connection' }, parent],
  ])('leaves alone what runs when the client, %s, is still there', async (_, held, startedBy) => {
    const { holders, world, story, leased, connect } = testHolders();
    const client = connect(leased({ holder: held, startedBy }).id);
    world.started = [child];
    world.alive = [parent];
    holders.watch.disconnect(client);
    await expect.poll(() => story, { timeout: 10_000 }).toEqual(['lease-3000 holder_gone']);
  });

  test('takes the program of a client with it whose end shows a moment later', async () => {
    const { holders, world, story, leased, connect } = testHolders();
    const client = connect(leased({ holder: { kind: 'connection' }, startedBy: parent }).id);
    world.started = [child];
    world.alive = [parent];
    holders.watch.disconnect(client);
    setTimeout(() => (world.alive = []), 60);
    await expect.poll(() => story).toEqual(['ended processes 7', 'lease-3000 reaped']);
  });

  test.each<[string, LeaseFacts, Holder]>([
    ['to that program', { service: child }, { kind: 'process', ...child }],
    ['to what that program has left behind, while it is of use', {}, adopted],
  ])('leaves the lease %s where the user wants it so', async (_, own, next) => {
    const { holders, world, story, leased, connect, at } = testHolders();
    const wrapper = connect(leased({ holder, ...own }).id);
    world.policy = 'adopt';
    world.started = [child];
    holders.watch.disconnect(wrapper);
    await expect.poll(() => at()?.holds[0].holder).toEqual(next);
    expect(story).toEqual([]);
  });

  test('is replaced by a newer one, and its late end means nothing', async () => {
    const { holders, story, leased, connect, books } = testHolders();
    const { id } = leased({ holder });
    const old = connect(id, undefined, 'old');
    connect(id, undefined, 'young');
    holders.watch.disconnect(old);
    await holders.watch.checkAll();
    expect(story).toEqual(['old closed']);
    books.ledger.end(id, 'released');
    expect(story).toEqual(['old closed', 'young hears released', 'young closed', 'lease-3000 released']);
  });

  test('hears that the lease is gone when it comes too late', () => {
    const { story, connect } = testHolders();
    connect('gone', 'gone');
    expect(story).toEqual(['wrapper hears released', 'wrapper closed']);
  });
});

describe('the last word of a wrapper', () => {
  const holder: Holder = { kind: 'connection', ...parent };
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  test('counts although its response ended before: it has left, and nothing is ended', async () => {
    const { holders, world, story, leased, connect } = testHolders();
    const { id } = leased({ holder });
    const wrapper = connect(id);
    world.started = [child];
    holders.watch.disconnect(wrapper);
    await vi.advanceTimersByTimeAsync(19);
    await release(holders, id);
    await vi.advanceTimersByTimeAsync(1000);
    expect(story).toEqual(['lease-3000 released']);
  });

  test('counts as well where others hold the lease: what it left running is nobody’s to end', async () => {
    const { holders, at, books, connect } = testHolders();
    const first = lease(3000, { holder, shared: { key: 'k' } });
    books.ledger.add({ ...first, holds: [...first.holds, hold('second')] });
    const wrapper = connect(first.id);
    holders.watch.disconnect(wrapper);
    await vi.advanceTimersByTimeAsync(19);
    await release(holders, first.id, { share_id: first.id });
    await vi.advanceTimersByTimeAsync(1000);
    expect(at()).toMatchObject({ holds: [{ id: 'second' }] });
    expect(at()?.shared?.leftBy).toBeUndefined();
  });

  test('is waited for no longer than it takes', async () => {
    const { holders, story, leased, connect } = testHolders();
    const wrapper = connect(leased({ holder }).id);
    holders.watch.disconnect(wrapper);
    await vi.advanceTimersByTimeAsync(25);
    // Work in slices may have given other work a turn.
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    expect(story).toEqual(['lease-3000 holder_gone']);
  });
});

test('an orphan that its wrapper has left ends with its listener, though the wrapper goes after that', async () => {
  const { holders, world, story, leased, connect } = testHolders();
  const held = leased({ holder: { kind: 'connection', ...parent } });
  const wrapper = connect(held.id);
  world.listening.add(3000);
  world.wasSeen = true;
  expect(await attach(holders, held.id, { adopt: true })).toMatchObject({ state: 'orphaned' });
  holders.watch.disconnect(wrapper);
  world.listening.clear();
  await expect
    .poll(() => story, { timeout: 4000 })
    .toEqual(['lease-3000 orphaned', 'lease-3000 holder_gone']);
});

describe('a holder that has no connection yet, or none any more after a restart of the daemon', () => {
  const holder: Holder = { kind: 'connection' };

  test('is gone at once where its process is', async () => {
    const { holders, world, story, leased } = testHolders();
    leased({ holder: { kind: 'connection', ...parent } });
    world.alive = [parent];
    await holders.watch.checkAll();
    expect(story).toEqual([]);
    world.alive = [];
    await holders.watch.checkAll();
    expect(story).toEqual(['lease-3000 holder_gone']);
  });

  test('has three seconds for it where its process is not known', async () => {
    const { holders, world, story, leased } = testHolders();
    leased({ holder });
    world.now = 2999;
    await holders.watch.checkAll();
    expect(story).toEqual([]);
    world.now = 3000;
    await holders.watch.checkAll();
    expect(story).toEqual(['lease-3000 holder_gone']);
  });

  test('has them also when others hold the lease', async () => {
    const { holders, world, at, books } = testHolders();
    const first = lease(3000, { holder: { kind: 'process', ...child }, shared: { key: 'k' } });
    world.alive = [child];
    books.ledger.add(first);
    books.ledger.change({ ...first, holds: [...first.holds, hold('second', { holder })] });
    world.now = 2999;
    await holders.watch.checkAll();
    expect(at()?.holds).toHaveLength(2);
    world.now = 3000;
    await holders.watch.checkAll();
    expect(at()?.holds).toHaveLength(1);
  });

  test('that is only stopped has all the time it needs', async () => {
    const { holders, world, story, leased } = testHolders();
    world.alive = [parent];
    leased({ holder: { kind: 'connection', ...parent } });
    world.now = 86_400_000;
    await holders.watch.checkAll();
    expect(story).toEqual([]);
  });

  test('that came back is looked after no more', async () => {
    const { holders, world, story, leased, connect } = testHolders();
    connect(leased({ holder }).id);
    world.now = 5000;
    await holders.watch.checkAll();
    expect(story).toEqual([]);
  });
});

test('the holds of an instance that ended while no daemon ran end at the first thorough look', async () => {
  const { holders, story, leased } = testHolders();
  leased({ holder: { kind: 'instance', id: 'gone' } });
  await holders.watch.checkAll();
  expect(story).toEqual(['lease-3000 expired']);
});
