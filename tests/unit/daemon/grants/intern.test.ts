import { expect, test } from 'vitest';
import { createIntern, internReason, type KnownReasons } from '../../../../src/daemon/grants/intern.ts';
import type { Reason } from '../../../../src/domain/reason.ts';

test('what many leases have in common is kept once', () => {
  const intern = createIntern();
  expect(intern(undefined)).toBeUndefined();
  expect(intern('/home/a')).toBe('/home/a');
  const known: KnownReasons = new Map();
  const first: Reason = { code: 'first_free', text: 'the first free port of dev' };
  expect(internReason(known, first)).toBe(first);
  expect(internReason(known, { ...first })).toBe(first);
});

test('a reason that names another port, or has another code, stays its own', () => {
  const known: KnownReasons = new Map();
  const text = 'the first free port of dev';
  internReason(known, { code: 'first_free', text });
  for (const own of [
    { code: 'first_free', text, insteadOf: 3000 },
    { code: 'last_resort', text },
  ] as const)
    expect(internReason(known, own)).toBe(own);
});

test('the pool does not grow for ever', () => {
  const known: KnownReasons = new Map();
  for (let at = 0; at < 2500; at += 1) internReason(known, { code: 'script', text: `port ${at}` });
  expect(known.size).toBeLessThanOrEqual(1000);
});
