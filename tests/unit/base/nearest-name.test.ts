import { expect, test } from 'vitest';
import { nearestName } from '../../../src/base/nearest-name.ts';

test('of two names that are near the nearer one is meant', () => {
  expect(nearestName('databse', ['data', 'database'])).toBe('database');
  expect(nearestName('x', ['a', 'ab', 'abc'])).toBeUndefined();
  expect(nearestName('dev', [])).toBeUndefined();
});
