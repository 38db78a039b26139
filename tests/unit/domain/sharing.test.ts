import { describe, expect, test } from 'vitest';
import type { Holder, Share } from '../../../src/domain/lease.ts';
import {
  shareOf,
  sharesOf,
  shareToRelease,
  withoutShare,
  withShare,
  type SharedLease,
} from '../../../src/domain/sharing.ts';
import { singletonKey } from '../../../src/domain/singleton.ts';
import { lease, serviceType } from '../../support/leases.ts';

const process = (pid: number, startTime = '1'): Holder => ({ kind: 'process', pid, startTime });
const connection = (pid: number): Holder => ({ kind: 'connection', pid, startTime: '1' });
const ttl: Holder = { kind: 'ttl', expiresAt: 5 };

function share(id: string, own: Partial<Share> = {}): Share {
  const { project, branch, instance, command, requestId } = lease(0);
  return { id, holder: ttl, project, branch, instance, command, requestId, ...own };
}

function shared(first: Partial<Share>, ...others: Share[]): SharedLease {
  return { ...lease(3000, first), id: 'lock', sharing: { key: 'k', self: 'first', others } };
}

const ids = (of: SharedLease | undefined): string[] => (of ? sharesOf(of).map(({ id }) => id) : []);

describe('a share', () => {
  test('of the holder is the first of all', () => {
    const all = sharesOf(shared({ holder: process(1), command: 'a' }, share('second')));
    expect(all).toMatchObject([{ id: 'first', holder: process(1), command: 'a' }, { id: 'second' }]);
  });

  test('is added behind the others, or takes the place that it had', () => {
    const two = withShare(shared({}), share('second'));
    const three = withShare(two, share('third'));
    expect(ids(three)).toEqual(['first', 'second', 'third']);
    expect(ids(withShare(three, share('second', { holder: process(2) })))).toEqual(ids(three));
  });

  test("of the holder is followed by the next one's, with all that belongs to it", () => {
    const next = { holder: process(2), project: '/b', command: 'b', instance: 'i' };
    const left = withoutShare(shared({ holder: process(1) }, share('second', next), share('third')), 'first');
    expect(left).toMatchObject({ ...next, id: 'lock', port: 3000, sharing: { self: 'second' } });
    expect(ids(left)).toEqual(['second', 'third']);
  });

  test('that is the last leaves nothing', () => {
    expect(withoutShare(shared({}), 'first')).toBeUndefined();
  });

  test('that nobody knows changes nothing', () => {
    const some = shared({}, share('second'));
    expect(withoutShare(some, 'other')).toBe(some);
  });

  test('whose holder died is remembered, for what it may have left behind', () => {
    const some = shared({ holder: connection(1) }, share('second', { holder: ttl }), share('third'));
    expect(withoutShare(some, 'first', true)?.sharing.deceased).toEqual(connection(1));
    expect(withoutShare(some, 'first')?.sharing.deceased).toBeUndefined();
    // A deadline leaves no programs behind.
    expect(withoutShare(some, 'second', true)?.sharing.deceased).toBeUndefined();
  });
});

describe('an asker is known again', () => {
  const some = shared(
    { holder: process(1) },
    share('second', { holder: { kind: 'instance', id: 'i' } }),
    share('third', { holder: connection(3), requestId: 'r' }),
  );
  const asker = { share: undefined, requestId: undefined, holder: ttl, returns: false };

  test.each([
    ['by its share', { share: 'second' }, 'second'],
    ['by its request', { requestId: 'r' }, 'third'],
    ['by its process', { holder: process(1) }, 'first'],
    ['by its instance', { holder: { kind: 'instance', id: 'i' } as const }, 'second'],
    [
      'by the process of its connection, when it comes back',
      { holder: connection(3), returns: true },
      'third',
    ],
  ])('%s', (_, own, id) => {
    expect(shareOf(some, { ...asker, ...own })?.id).toBe(id);
  });

  test.each([
    ['a new deadline', {}],
    ['a new connection of a process that has one', { holder: connection(3) }],
    ['another process with the same pid', { holder: process(1, '2') }],
    ['another instance', { holder: { kind: 'instance', id: 'j' } as const }],
  ])('but not %s', (_, own) => {
    expect(shareOf(some, { ...asker, ...own })).toBeUndefined();
  });
});

describe('a release takes out', () => {
  const some = shared(
    { holder: connection(1) },
    share('old', { instance: 'a' }),
    share('young', { instance: 'b' }),
    share('wrapper', { holder: connection(2), instance: 'a' }),
  );
  test.each([
    ['the share that is named', { share: 'wrapper' }, 'wrapper'],
    ["the instance's own", { instance: 'a' }, 'old'],
    ['the youngest that no connection keeps', {}, 'young'],
    ['that also for an instance without a share', { instance: 'c' }, 'young'],
    ['nothing for a share that is gone', { share: 'gone' }, undefined],
  ])('%s', (_, leaver, id) => {
    expect(shareToRelease(some, leaver)?.id).toBe(id);
  });

  test('no connection of one of several, but that of the only one', () => {
    const two = shared({ holder: connection(1) }, share('second', { holder: connection(2) }));
    expect(shareToRelease(two, {})).toBeUndefined();
    expect(shareToRelease(shared({ holder: connection(1) }), {})?.id).toBe('first');
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
