import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Holder, Share } from '../../src/domain/lease.ts';
import { sharesOf, withoutShare, withShare, type SharedLease } from '../../src/domain/sharing.ts';
import { lease } from '../support/leases.ts';
import { runs } from '../support/runs.ts';

type Step = { do: 'join' } | { do: 'leave'; nth: number; died: boolean } | { do: 'return'; nth: number };
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ do: 'join' as const }) },
  fc.record({ do: fc.constant('leave' as const), nth: fc.nat(9), died: fc.boolean() }),
  fc.record({ do: fc.constant('return' as const), nth: fc.nat(9) }),
);

const holder = (pid: number): Holder => ({ kind: 'process', pid, startTime: '1' });

function newShare(index: number): Share {
  const { project, branch, instance, requestId } = lease(0);
  return {
    id: `share-${index}`,
    holder: holder(index),
    project,
    branch,
    instance,
    requestId,
    command: `${index}`,
  };
}

describe('whoever comes and goes', () => {
  test('a lease has exactly those who are in, in the order in which they came, and ends with the last', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
        let expected: string[] = [];
        let current: SharedLease | undefined;
        for (const [index, each] of steps.entries()) {
          if (each.do === 'join') {
            const share = newShare(index);
            const { id: self, ...subject } = share;
            current = current
              ? withShare(current, share)
              : { ...lease(3000, subject), sharing: { key: 'k', self, others: [] } };
            expected = [...expected, share.id];
          } else if (current) {
            const id = expected[each.nth % expected.length] ?? '';
            const share = sharesOf(current).find((known) => known.id === id);
            if (each.do === 'leave') {
              current = withoutShare(current, id, each.died);
              expected = expected.filter((known) => known !== id);
            } else if (share && id !== current.sharing.self) current = withShare(current, share);
          }
          const shares = current ? sharesOf(current) : [];
          expect(shares.map(({ id }) => id)).toEqual(expected);
          expect(current?.holder).toEqual(shares[0]?.holder);
          expect(current?.command).toEqual(shares[0]?.command);
          if (current)
            expect([current.id, current.port, current.sharing.key]).toEqual(['lease-3000', 3000, 'k']);
        }
      }),
      runs(300),
    );
  });
});
