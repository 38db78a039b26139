import { describe, expect, test } from 'vitest';
import { typoOf } from '../../../src/domain/typo.ts';

const known = ['dev', 'api', 'ui', 'ai', 'hub', 'test', 'database', 'monitoring', 'infrastructure'];

describe('a typo of a known name', () => {
  test.each([
    ['apii', 'api'],
    ['Dev', 'dev'],
    ['UI', 'ui'],
    ['dve', 'dev'],
    ['dv', 'dev'],
    ['tset', 'test'],
    ['tests', 'test'],
    ['databse', 'database'],
    ['dtabaes', 'database'],
    ['monitorng', 'monitoring'],
    ['infrastucture', 'infrastructure'],
  ])('%s: %s was meant', (name, meant) => {
    expect(typoOf(name, known, [])).toBe(meant);
  });
});

describe('a name of its own', () => {
  test.each([
    'grafana',
    'kafka',
    'redis',
    'web',
    'job',
    'db',
    'ws',
    'api2',
    'dev-2',
    'database-pg',
    'database-1',
  ])('%s', (name) => {
    expect(typoOf(name, known, [])).toBeUndefined();
  });

  test('is every one of a series', () => {
    const series = [
      Array.from({ length: 100 }, (_, index) => `svc-${index}`),
      Array.from({ length: 100 }, (_, index) => `unknown${index}`),
      Array.from({ length: 26 }, (_, index) => `type-${String.fromCharCode(97 + index)}`),
      Array.from({ length: 26 }, (_, index) => `service${String.fromCharCode(97 + index)}`),
      ['auto-3f2a', 'auto-3f2b', 'auto-af2a'],
    ];
    for (const names of series) {
      for (const [index, name] of names.entries()) {
        expect(typoOf(name, known, names.slice(0, index))).toBeUndefined();
      }
    }
  });
});

test('of a name that came from a request, a letter too many, too few or out of place is a typo', () => {
  const made = ['grafana', 'svc'];
  expect(typoOf('grafanna', [], made)).toBe('grafana');
  expect(typoOf('grafna', [], made)).toBe('grafana');
  expect(typoOf('garfana', [], made)).toBe('grafana');
  expect(typoOf('Grafana', [], made)).toBe('grafana');
  expect(typoOf('svcs', [], made)).toBeUndefined();
});
