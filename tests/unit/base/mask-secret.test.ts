import { expect, test } from 'vitest';
import { maskSecret } from '../../../src/base/mask-secret.ts';

test('a secret is shown by its ends', () => {
  expect(maskSecret('abcdefghijklmnopqrstuvwxyz')).toBe('abcd***wxyz');
});

test.each(['', 'short', 'fifteen letters'])('of %j nothing is shown', (secret) => {
  expect(maskSecret(secret)).toBe('***');
});
