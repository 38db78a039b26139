import { describe, expect, test } from 'vitest';
import {
  heldAlsoBy,
  hidden,
  holdOfAsker,
  holdToRelease,
  isUsedByInstance,
  isUsedIn,
  keepsItsHolder,
  withHold,
  withoutHold,
} from '../../../src/domain/holds.ts';
import type { Hold, Holder, Lease } from '../../../src/domain/lease.ts';
import { singletonKey } from '../../../src/domain/singleton.ts';
import { hold, lease, serviceType } from '../../support/leases.ts';

const process = (pid: number, startTime = '1'): Holder => ({ kind: 'process', pid, startTime });
const connection = (pid: number): Holder => ({ kind: 'connection', pid, startTime: '1' });
const ttl: Holder = { kind: 'ttl', expiresAt: 5 };

function shared(first: Partial<Hold>, ...others: Hold[]): Lease {
  return { ...lease(3000, { id: 'lock', shared: { key: 'k' } }), holds: [hold('first', first), ...others] };
}

const ids = (of: Lease | undefined): string[] => (of ? of.holds.map(({ id }) => id) : []);

describe('a hold', () => {
  test('is added behind the others, or takes the place that it had', () => {
    const two = withHold(shared({}), hold('second'));
    const three = withHold(two, hold('third'));
    expect(ids(three)).toEqual(['first', 'second', 'third']);
    const changed = withHold(three, hold('second', { holder: process(2) }));
    expect(ids(changed)).toEqual(ids(three));
    expect(changed.holds[1]?.holder).toEqual(process(2));
    expect(withHold(three, hold('first', { holder: process(1) })).holds[0].holder).toEqual(process(1));
  });

  test('that goes leaves the lease to the next one', () => {
    const left = withoutHold(shared({ holder: process(1) }, hold('second'), hold('third')), 'first');
    expect(left).toMatchObject({ id: 'lock', port: 3000, holds: [{ id: 'second' }, { id: 'third' }] });
  });

  test('that goes serves no more, and no other does either', () => {
    const served = { ...shared({}, hold('second')), shared: { key: 'k', servedBy: 'first' } };
    expect(withoutHold(served, 'first')?.shared?.servedBy).toBeUndefined();
    expect(withoutHold(served, 'second')?.shared?.servedBy).toBe('first');
  });

  test('that is the last leaves nothing', () => {
    expect(withoutHold(shared({}), 'first')).toBeUndefined();
  });

  test('that nobody knows changes nothing', () => {
    const some = shared({}, hold('second'));
    expect(withoutHold(some, 'other')).toEqual(some);
  });
});

describe('an asker who comes to a lease', () => {
  const second = hold('second', { holder: process(2) });

  test('holds it with the others', () => {
    expect(ids(heldAlsoBy(shared({}), second, false))).toEqual(['first', 'second']);
  });

  test('holds an orphan alone, and it is none any more', () => {
    const orphan = { ...shared({}), orphanedAt: 5 };
    const held = heldAlsoBy(orphan, second, false);
    expect([ids(held), held.orphanedAt]).toEqual([['second'], undefined]);
  });

  test('serves it when nobody else does, and says that it starts the service', () => {
    expect(heldAlsoBy(shared({}), second, true).shared?.servedBy).toBe('second');
    expect(heldAlsoBy(shared({}), second, false).shared?.servedBy).toBeUndefined();
    const served = { ...shared({}), shared: { key: 'k', servedBy: 'first' } };
    expect(heldAlsoBy(served, second, true).shared?.servedBy).toBe('first');
  });

  test.each([
    ['a process keeps its lease when a connection asks', process(1), connection(1), true],
    ['a connection is replaced by a newer one', connection(1), connection(1), false],
    ['a process is replaced by a process', process(1), process(2), false],
    ['a deadline is replaced by a connection', ttl, connection(1), false],
  ] as const)('%s', (_, known, asked, keeps) => {
    expect(keepsItsHolder(known, asked)).toBe(keeps);
  });
});

test('a lease is used by its holders, wherever they are', () => {
  const some = shared({ project: '/a', instance: 'i' }, hold('second', { project: '/b' }));
  expect(['/a', '/b', '/c'].map((project) => isUsedIn(project, some))).toEqual([true, true, false]);
  const held = withHold(some, hold('third', { holder: { kind: 'instance', id: 'j' } }));
  expect(['i', 'j', 'k'].map((id) => isUsedByInstance(id, held))).toEqual([true, true, false]);
});

test('a lease whose port failed is found by nobody, and is otherwise as it was', () => {
  const some = shared({}, hold('second'));
  expect(hidden(some)).toEqual({ ...some, shared: { key: undefined } });
  expect(hidden(lease(1))).toEqual(lease(1));
});

describe('an asker is known again', () => {
  const some = shared(
    { holder: process(1) },
    hold('second', { holder: { kind: 'instance', id: 'i' } }),
    hold('third', { holder: connection(3), requestId: 'r' }),
  );
  const asker = { holdId: undefined, requestId: undefined, holder: ttl, returns: false };

  test.each([
    ['by its hold', { holdId: 'second' }, 'second'],
    ['by its request', { requestId: 'r' }, 'third'],
    ['by its process', { holder: process(1) }, 'first'],
    ['by its instance', { holder: { kind: 'instance', id: 'i' } as const }, 'second'],
    [
      'by the process of its connection, when it comes back',
      { holder: connection(3), returns: true },
      'third',
    ],
  ])('%s', (_, own, id) => {
    expect(holdOfAsker(some, { ...asker, ...own })?.id).toBe(id);
  });

  test.each([
    ['a new deadline', {}],
    ['a new connection of a process that has one', { holder: connection(3) }],
    ['another process with the same pid', { holder: process(1, '2') }],
    ['another instance', { holder: { kind: 'instance', id: 'j' } as const }],
  ])('but not %s', (_, own) => {
    expect(holdOfAsker(some, { ...asker, ...own })).toBeUndefined();
  });
});

test('the owner of a lease that only one may hold is known by asking for it', () => {
  const own = lease(3000, { holder: process(1) });
  const asker = { holdId: undefined, requestId: undefined, holder: connection(2), returns: false };
  expect(holdOfAsker(own, asker)).toBe(own.holds[0]);
  expect(holdToRelease(own, { holdId: 'whatever' })).toBe(own.holds[0]);
});

describe('a release takes out', () => {
  const some = shared(
    { holder: connection(1) },
    hold('old', { instance: 'a' }),
    hold('young', { instance: 'b' }),
    hold('wrapper', { holder: connection(2), instance: 'a' }),
  );
  test.each([
    ['the hold that is named', { holdId: 'wrapper' }, 'wrapper'],
    ["the instance's own", { instance: 'a' }, 'old'],
    ['the youngest that no connection keeps', {}, 'young'],
    ['that also for an instance without a hold', { instance: 'c' }, 'young'],
    ['nothing for a hold that is gone', { holdId: 'gone' }, undefined],
  ])('%s', (_, releaser, id) => {
    expect(holdToRelease(some, releaser)?.id).toBe(id);
  });

  test('no connection of one of several, but that of the only one', () => {
    const two = shared({ holder: connection(1) }, hold('second', { holder: connection(2) }));
    expect(holdToRelease(two, {})).toBeUndefined();
    expect(holdToRelease(shared({ holder: connection(1) }), {})?.id).toBe('first');
  });
});

describe('a service that runs once', () => {
  const machine = serviceType('ai', 1, 2, { behavior: 'single' });
  const project = serviceType('db', 1, 2, { behavior: 'single', singletonScope: 'project' });

  test('is known by its type and name, and by its project where the type says so', () => {
    expect(singletonKey(machine, 'a', '/p')).toBe(singletonKey(machine, 'a', '/q'));
    expect(singletonKey(machine, 'a', '/p')).not.toBe(singletonKey(machine, 'b', '/p'));
    expect(singletonKey(machine, 'a', '/p')).not.toBe(singletonKey(machine, undefined, '/p'));
    expect(singletonKey(project, 'a', '/p')).not.toBe(singletonKey(project, 'a', '/q'));
    expect(singletonKey(project, 'a', '/p')).not.toBe(singletonKey(machine, 'a', '/p'));
  });

  test('is none of a type of which many may run, and of no type at all', () => {
    expect(singletonKey(serviceType('dev', 1, 2), 'a', '/p')).toBeUndefined();
    expect(singletonKey(undefined, 'a', '/p')).toBeUndefined();
  });
});
