import { describe, expect, test } from 'vitest';
import { attach } from '../../../../src/daemon/holders/attach.ts';
import { release } from '../../../../src/daemon/holders/release.ts';
import type { Hold, Holder, Lease, Shared } from '../../../../src/domain/lease.ts';
import { testHolders, type TestHolders } from '../../../support/holders.ts';
import { hold, lease } from '../../../support/leases.ts';

const program = { pid: 7, startTime: '70' };
const process = (pid: number): Holder => ({ kind: 'process', pid, startTime: `${pid}0` });
const connection = (pid: number): Holder => ({ kind: 'connection', pid, startTime: `${pid}0` });

function shared(
  { books }: TestHolders,
  first: Hold,
  rest: readonly Hold[],
  own: Partial<Shared> = {},
): Lease {
  const made = { ...lease(3000, { shared: { key: 'k', ...own } }), holds: [first, ...rest] as const };
  books.ledger.add(made);
  return made;
}

describe('a lease that several hold', () => {
  const [one, two] = [hold('one', { holder: connection(1) }), hold('two', { holder: connection(2) })];

  test('passes to the next when its first holder dies, and what that one left running serves on', async () => {
    const made = testHolders();
    const { id } = shared(made, one, [two]);
    const wrapper = made.connect(id, 'one', 'first');
    made.connect(id, 'two', 'second');
    made.world.started = [program];
    made.world.alive = [program];
    made.holders.watch.disconnect(wrapper);
    await expect.poll(() => made.at()?.holds).toEqual([two]);
    expect(made.at()?.shared?.leftBy).toEqual(connection(1));
    expect(made.story).toEqual([]);
  });

  test('takes what a dead wrapper had left with it when the last one gives it back', async () => {
    const made = testHolders();
    const { id } = shared(made, two, [], { leftBy: connection(1) });
    made.world.started = [program];
    expect(await release(made.holders, id, { share_id: 'two' })).toMatchObject({ state: 'released' });
    expect(made.story).toEqual(['ended processes 7', 'lease-3000 reaped']);
  });

  test('leaves it to what a dead process had left when the last one gives it back', async () => {
    const made = testHolders();
    const { id } = shared(made, two, [], { leftBy: process(1) });
    made.world.started = [program];
    await release(made.holders, id, { share_id: 'two' });
    expect(made.at()).toMatchObject({ holds: [{ holder: { ...program, isAdopted: true } }] });
    expect(made.story).toEqual([]);
  });

  test('ends nothing when the last one gives it back and nobody has died', async () => {
    const made = testHolders();
    const { id } = shared(made, two, []);
    made.world.started = [program];
    await release(made.holders, id, { share_id: 'two' });
    expect(made.story).toEqual(['lease-3000 released']);
  });

  test('closes the connection of the one that gives it back, and of no other', async () => {
    const made = testHolders();
    const { id } = shared(made, one, [two]);
    made.connect(id, 'one', 'first');
    made.connect(id, 'two', 'second');
    await release(made.holders, id, { share_id: 'one' });
    expect(made.story).toEqual(['first closed']);
    await release(made.holders, id, { all: true });
    expect(made.story).toEqual([
      'first closed',
      'second hears released',
      'second closed',
      'lease-3000 released',
    ]);
  });

  test('is not released over their heads, and what was given back is not given back twice', async () => {
    const made = testHolders();
    const { id } = shared(made, one, [two]);
    await expect(release(made.holders, id)).rejects.toMatchObject({ code: 'LEASE_SHARED' });
    expect(await release(made.holders, id, { share_id: 'gone' })).toMatchObject({ lock_id: id });
    expect(made.at()?.holds).toHaveLength(2);
  });

  test('forgets a program that has ended when its holder goes', async () => {
    const made = testHolders();
    const { id } = shared(made, one, [two]);
    made.books.ledger.change({ ...made.at()!, service: program });
    await release(made.holders, id, { share_id: 'one' });
    expect(made.at()?.service).toBeUndefined();
  });
});

describe('the program of a shared lease', () => {
  const [one, two] = [hold('one', { holder: process(1) }), hold('two', { holder: process(2) })];
  const other = { pid: 8, startTime: '80' };
  const setUp = () => {
    const made = testHolders({ identify: (pid) => [program, other].find((each) => each.pid === pid) });
    shared(made, one, [two]);
    return made;
  };

  test('is that of the first who serves, as long as it lives', async () => {
    const made = setUp();
    made.world.alive = [program, other];
    await attach(made.holders, 'lease-3000', { process_id: 7, share_id: 'one' });
    await attach(made.holders, 'lease-3000', { process_id: 8, share_id: 'two' });
    expect(made.at()).toMatchObject({ service: program, shared: { servedBy: 'one' } });
    made.world.alive = [other];
    await attach(made.holders, 'lease-3000', { process_id: 8, share_id: 'two' });
    expect(made.at()).toMatchObject({ service: other, shared: { servedBy: 'two' } });
  });

  test('is not left to itself by one who did not start it', async () => {
    const made = setUp();
    made.world.alive = made.world.started = [program];
    made.world.listening.add(3000);
    await attach(made.holders, 'lease-3000', { process_id: 7, share_id: 'one' });
    await attach(made.holders, 'lease-3000', { adopt: true, share_id: 'two' });
    expect(made.at()?.holds).toMatchObject([{ id: 'one', holder: process(1) }]);
  });
});

test('a lease that can not be written down as released is not released', async () => {
  const made = testHolders();
  const { id } = made.leased();
  made.books.diskError = new Error('ENOSPC');
  await expect(release(made.holders, id)).rejects.toThrow('ENOSPC');
  expect(made.at()).toBeDefined();
});

test('a holder that says that it leaves is no dead one, even when that could not be written down', async () => {
  const made = testHolders();
  const { id } = made.leased({ holder: connection(1) });
  const wrapper = made.connect(id);
  made.books.diskError = new Error('ENOSPC');
  await expect(attach(made.holders, id, { adopt: true })).rejects.toThrow('ENOSPC');
  made.books.diskError = undefined;
  made.holders.watch.disconnect(wrapper);
  await expect.poll(() => made.story, { timeout: 4000 }).toEqual(['lease-3000 holder_gone']);
});
