import { expect, test } from 'vitest';
import { resolveCatalog } from '../../../src/settings/service-types.ts';
import { typeOfListener } from '../../../src/settings/watched-ports.ts';

test('a listener has the type of its range, else of the tool that takes its port by itself, else none', () => {
  const catalog = resolveCatalog();
  expect(typeOfListener(3000, catalog)).toBe(catalog.typeOfPort(3000)?.name);
  expect(catalog.typeOfPort(5173)).toBeUndefined();
  expect(typeOfListener(5173, catalog)).toBe('dev');
  expect(typeOfListener(1, catalog)).toBeUndefined();
});
