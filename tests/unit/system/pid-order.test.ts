import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { readPidMark, youngerThan } from '../../../src/system/process/pid-order.ts';

const LARGEST = 32_768;
const from = { newest: 20_000, started: 1_000_000 };
const at = (newest: number, startedSince: number) => ({ newest, started: from.started + startedSince });

test('pids go up', () => {
  const isYounger = youngerThan(from, at(20_100, 120), LARGEST)!;
  expect([1, 300, 19_999, 20_000, 20_001, 20_100].map(isYounger)).toEqual([
    false,
    false,
    false,
    false,
    true,
    true,
  ]);
});

test('what is started during the search is younger, too', () => {
  expect(youngerThan(from, at(20_000, 0), LARGEST)!(20_005)).toBe(true);
});

test('and begin anew above the largest', () => {
  const isYounger = youngerThan(from, at(500, 14_000), LARGEST)!;
  expect([19_000, 20_001, 32_767, 300, 500, 12_000].map(isYounger)).toEqual([
    false,
    true,
    true,
    true,
    true,
    false,
  ]);
});

test('when they may have gone round they tell nothing', () => {
  expect(youngerThan(from, at(20_100, LARGEST), LARGEST)).toBeUndefined();
});

test.runIf(process.platform === 'linux')('the kernel tells where it is', () => {
  const mark = readPidMark()!;
  expect(youngerThan(mark)!(spawnSync('true').pid)).toBe(true);
});
