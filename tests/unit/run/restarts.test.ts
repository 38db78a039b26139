import { expect, test } from 'vitest';
import { createRestarts } from '../../../src/run/child/restarts.ts';

const failed = { status: { code: 1, signal: null }, askedToEnd: false, ranForMs: 100 };

test('a command that fails is started again five times, after pauses that double', () => {
  const restarts = createRestarts();
  const pauses = Array.from({ length: 6 }, () => restarts(failed)?.pauseMs);
  expect(pauses).toEqual([1000, 2000, 4000, 8000, 16_000, undefined]);
});

test('the count begins anew after a minute of health', () => {
  const restarts = createRestarts();
  for (let times = 0; times < 5; times++) restarts(failed);
  expect(restarts({ ...failed, ranForMs: 59_999 })).toBeUndefined();
  expect(restarts({ ...failed, ranForMs: 60_000 })).toEqual({ pauseMs: 1000, attempt: 1, most: 5 });
});

test.each([
  ['that ended well', { ...failed, status: { code: 0, signal: null } }],
  ['that was asked to end', { ...failed, askedToEnd: true }],
])('a command %s is not started again', (_, outcome) => {
  expect(createRestarts()(outcome)).toBeUndefined();
});

test('a command that died of a signal by itself is started again', () => {
  expect(createRestarts()({ ...failed, status: { code: null, signal: 'SIGSEGV' } })?.attempt).toBe(1);
});
