import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { editJson, type JsonChange } from '../../src/settings/json-edit.ts';

const name = fc.stringMatching(/^[a-z][a-z0-9._-]{0,8}$/).filter((text) => text !== 'service_types');
const type = fc.record({ port_range: fc.tuple(fc.nat(65_535), fc.nat(65_535)), description: fc.string() });
const types = fc.dictionary(name, type, { minKeys: 1, noNullPrototype: true });
const scalar = fc.oneof(fc.string(), fc.nat(), fc.boolean(), fc.constant(null));
const blank = fc.stringMatching(/^[ \t\n]{0,4}$/);

/** JSON as people write it: any white space at any place where it may stand. */
function spread(value: unknown, space: () => string): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const isList = Array.isArray(value);
  const items = isList
    ? value.map((item) => space() + spread(item, space) + space())
    : Object.entries(value).map(
        ([key, item]) =>
          `${space()}${JSON.stringify(key)}${space()}:${space()}${spread(item, space)}${space()}`,
      );
  const [open, close] = isList ? '[]' : '{}';
  // An object that becomes empty is written without space, so one that is empty is written so as well.
  return open + items.join(',') + close;
}

/** A user's file with other settings and perhaps types, in any form. */
const file = fc
  .tuple(
    fc.dictionary(name, scalar, { noNullPrototype: true }),
    fc.option(types, { nil: undefined }),
    fc.infiniteStream(blank),
    fc.boolean(),
    fc.boolean(),
    fc.boolean(),
  )
  .map(([others, own, blanks, isPretty, isWindows, hasMark]) => {
    const value = { ...others, ...(own && { service_types: own }) };
    const next = (): string => String(blanks.next().value);
    const text = isPretty ? JSON.stringify(value, null, 2) : next() + spread(value, next) + next();
    return `${hasMark ? '\uFEFF' : ''}${isWindows ? text.replaceAll('\n', '\r\n') : text}`;
  });

const parse = (text: string): { service_types?: Record<string, unknown> } =>
  JSON.parse(text.replace(/^\uFEFF/, ''));
const path = (key: string): JsonChange['path'] => ['service_types', key];

test('a type that is added and undone leaves the same bytes, whatever the file looks like', () => {
  fc.assert(
    fc.property(file, name, type, (text, key, value) => {
      fc.pre(!Object.hasOwn(parse(text).service_types ?? {}, key));
      const added = editJson(text, [{ path: path(key), value }]);
      const before = parse(text);
      expect(parse(added)).toEqual({ ...before, service_types: { ...before.service_types, [key]: value } });
      expect(editJson(added, [{ path: path(key), value: undefined }])).toBe(text);
    }),
  );
});

test('any order of changes means what it says, and touches nothing else', () => {
  const change = fc.tuple(name, fc.option(type, { nil: undefined }));
  fc.assert(
    fc.property(file, fc.array(change, { maxLength: 6 }), (text, changes) => {
      const expected = new Map(Object.entries(parse(text).service_types ?? {}));
      for (const [key, value] of changes) {
        if (value === undefined) expected.delete(key);
        else expected.set(key, value);
      }
      const edited = parse(
        editJson(
          text,
          changes.map(([key, value]) => ({ path: path(key), value })),
        ),
      );
      expect(edited.service_types ?? {}).toEqual(Object.fromEntries(expected));
      expect({ ...edited, service_types: 0 }).toEqual({ ...parse(text), service_types: 0 });
    }),
  );
});
