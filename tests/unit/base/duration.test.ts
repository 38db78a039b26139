import { expect, test } from 'vitest';
import { formatDuration, parseDuration } from '../../../src/base/duration.ts';

test.each([
  ['500ms', 500],
  ['30s', 30_000],
  ['30', 30_000],
  ['10m', 600_000],
  ['2h', 7_200_000],
  ['1d', 86_400_000],
  ['1.5h', 5_400_000],
  [' 5s ', 5000],
  ['0', 0],
])('%s is %i ms', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test.each(['', 's', '-5s', '5 s', '5x', '1e3', 'NaN', '5s5s', '.5s', '__proto__'])(
  '%j is no duration',
  (text) => {
    expect(() => parseDuration(text)).toThrow(
      expect.objectContaining({ code: 'USAGE', hint: expect.stringContaining('10m') }),
    );
  },
);

test.each([
  [-5, '0s'],
  [400, '0s'],
  [3000, '3s'],
  [89_000, '89s'],
  [90_000, '2m'],
  [89 * 60_000, '89m'],
  [90 * 60_000, '2h'],
  [47 * 3_600_000, '47h'],
  [48 * 3_600_000, '2d'],
])('%i ms are shown as %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});
