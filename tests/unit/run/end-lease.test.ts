import { expect, test } from 'vitest';
import { StyxyError } from '../../../src/base/styxy-error.ts';
import { endLease, type Leases } from '../../../src/run/leases/end-lease.ts';
import { allocation } from '../../support/allocation.ts';

/** A run whose process is known by no number here: it is asked by its connection. */
const lease = allocation({ holder: { kind: 'connection' } });

/** What the daemon is asked for when such a run is ended, and what has come of it. @param refusal of its `stop` */
async function ended(refusal: StyxyError | undefined, goes: boolean) {
  const asked: string[] = [];
  let isThere = true;
  const coordinator = {
    status: async () => ({ end_grace_ms: 0 }),
    list: async () => ({ allocations: isThere ? [lease] : [], external: [] }),
    attach: async () => lease,
    check: async () => ({ available: true, allocation: null }),
    async stop() {
      asked.push('stop');
      isThere = !goes;
      if (refusal) throw refusal;
    },
    async release() {
      asked.push('release');
      isThere = false;
    },
  } as unknown as Leases['coordinator'];
  const { onlyReleased } = await endLease(
    { coordinator, changes: () => () => undefined, by: 'a test' },
    lease,
  );
  return { asked, onlyReleased };
}

test.each([
  ['says so at once', undefined],
  ['waits, as one that knows no `no_wait`, longer than the run may take', new StyxyError('TIMED_OUT', 'x')],
  [
    'waits longer than a client does',
    new StyxyError('DAEMON_UNREACHABLE', 'x', { details: { silent: true } }),
  ],
  ['finds that it has ended', new StyxyError('LEASE_NOT_FOUND', 'x')],
])('a run ends by its connection, whether the daemon %s', async (_, refusal) => {
  expect(await ended(refusal, true)).toEqual({ asked: ['stop'], onlyReleased: false });
});

test.each(['TAKES_NO_ORDERS', 'NO_ROUTE'] as const)(
  'where that is refused (%s), only its lease ends',
  async (code) => {
    expect(await ended(new StyxyError(code, 'x'), false)).toEqual({
      asked: ['stop', 'release'],
      onlyReleased: true,
    });
  },
);

test('another refusal is told', async () => {
  await expect(ended(new StyxyError('STATE_UNWRITABLE', 'x'), false)).rejects.toMatchObject({
    code: 'STATE_UNWRITABLE',
  });
});
