import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mergeLayers, type Layer, type LayerName } from '../../../src/settings/layers.ts';

const layer = (name: LayerName, values: Record<string, unknown>, source: string | null = null): Layer => ({
  layer: name,
  source,
  values,
});

test('a layer changes what it names and leaves the rest, however deep', () => {
  const { values, origins } = mergeLayers([
    layer('built-in', { recovery: { conflict: { retries: 3, wait: 100 } }, log: 'info', ports: [1, 2] }),
    layer('user', { recovery: { conflict: { retries: 7 } } }, '/h/config.json'),
    layer('project', { ports: [9], services: { web: { prefer: 3000 } } }, '/p/styxy.config.json'),
    layer('environment', { log: 'warn' }, 'STYXY_LOG'),
    layer('flag', { services: { web: { prefer: 3001 } } }, '--prefer'),
  ]);
  expect(values).toEqual({
    recovery: { conflict: { retries: 7, wait: 100 } },
    log: 'warn',
    ports: [9],
    services: { web: { prefer: 3001 } },
  });
  expect(origins).toEqual({
    'recovery.conflict.retries': { layer: 'user', source: '/h/config.json' },
    'recovery.conflict.wait': { layer: 'built-in', source: null },
    ports: { layer: 'project', source: '/p/styxy.config.json' },
    log: { layer: 'environment', source: 'STYXY_LOG' },
    'services.web.prefer': { layer: 'flag', source: '--prefer' },
  });
});

describe('what a layer says', () => {
  const under = layer('built-in', { a: { b: 1 }, c: 2 });

  test('is nothing where it is undefined', () => {
    expect(mergeLayers([under, layer('user', { c: undefined, a: { b: undefined } })])).toEqual(
      mergeLayers([under]),
    );
  });

  test('may put a section in the place of a value, and a value in the place of a section', () => {
    const { values, origins } = mergeLayers([under, layer('user', { a: 1, c: { d: 2 } })]);
    expect(values).toEqual({ a: 1, c: { d: 2 } });
    expect(Object.keys(origins)).toEqual(['a', 'c.d']);
  });

  test('may be called __proto__ without becoming one', () => {
    const { values } = mergeLayers([under, layer('user', JSON.parse('{"__proto__": {"spoiled": true}}'))]);
    expect(({} as Record<string, unknown>).spoiled).toBeUndefined();
    expect(Object.getPrototypeOf(values)).toBe(Object.prototype);
  });
});

test('every value that is no section has one origin, whatever the layers say', () => {
  const keys = fc.constantFrom('a', 'b', 'c');
  const { tree } = fc.letrec<{ tree: Record<string, unknown>; node: unknown }>((tie) => ({
    tree: fc.dictionary(keys, tie('node'), { maxKeys: 3 }),
    node: fc.oneof({ maxDepth: 4 }, fc.integer(), fc.constant([1]), tie('tree')),
  }));
  fc.assert(
    fc.property(fc.array(tree, { maxLength: 4 }), (trees) => {
      const { values, origins } = mergeLayers(trees.map((each) => layer('user', each)));
      expect(Object.keys(origins).toSorted()).toEqual(leaves(values).toSorted());
    }),
  );
});

function leaves(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [path];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, path ? `${path}.${key}` : key));
}
