import { expect, test } from 'vitest';
import { parseLimits } from '../../../src/system/process/resource-limits.ts';

test('limits are read by their names, without end where there is none', () => {
  const text = `Limit                     Soft Limit           Hard Limit           Units
Max cpu time              60                   unlimited            seconds
Max open files            1024                 524288               files
Max realtime timeout      unlimited            unlimited            us
`;
  expect([...parseLimits(text)]).toEqual([
    ['Max cpu time', { soft: 60, hard: Infinity }],
    ['Max open files', { soft: 1024, hard: 524_288 }],
    ['Max realtime timeout', { soft: Infinity, hard: Infinity }],
  ]);
  expect(parseLimits('').size).toBe(0);
});
