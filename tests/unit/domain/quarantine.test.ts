import { expect, test } from 'vitest';
import { createQuarantine } from '../../../src/domain/quarantine.ts';

const times = { firstMs: 100, multiplier: 2, longestMs: 350 };

test('a port is avoided for the first length of time, and not longer', () => {
  const quarantine = createQuarantine(() => times);
  expect(quarantine.add(10, 1000)).toBe(100);
  expect([quarantine.has(10, 1099), quarantine.has(10, 1100), quarantine.has(11, 1000)]).toEqual([
    true,
    false,
    false,
  ]);
});

test('a port taken again is avoided for longer, up to the longest time', () => {
  const quarantine = createQuarantine(() => times);
  expect([0, 100, 300, 650].map((now) => quarantine.add(10, now))).toEqual([100, 200, 350, 350]);
  expect(quarantine.has(10, 999)).toBe(true);
  expect(quarantine.has(10, 1000)).toBe(false);
});

test('a port that was seen free starts anew', () => {
  const quarantine = createQuarantine(() => times);
  quarantine.add(10, 0);
  quarantine.add(10, 0);
  quarantine.clear(10);
  expect(quarantine.has(10, 0)).toBe(false);
  expect(quarantine.add(10, 0)).toBe(100);
});

test('how fast the time grows may change meanwhile', () => {
  let multiplier = 2;
  const quarantine = createQuarantine(() => ({ ...times, longestMs: 10_000, multiplier }));
  expect([quarantine.add(10, 0), quarantine.add(10, 0)]).toEqual([100, 200]);
  multiplier = 5;
  expect(quarantine.add(10, 0)).toBe(1000);
});
