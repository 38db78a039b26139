import { expect, test } from 'vitest';
import * as library from '../../../src/index.ts';

test('the library has four names and no more', () => {
  expect(Object.keys(library).toSorted()).toEqual(['StyxyError', 'acquirePort', 'defineConfig', 'withPort']);
});
