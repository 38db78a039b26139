import { describe, expect, test } from 'vitest';
import { ENDPOINTS, type EndpointName } from '../../src/protocol/endpoints.ts';
import { guardedDaemon } from '../support/guarded-daemon.ts';
import { openApi, operationOf, takes } from '../support/openapi.ts';

type Schema = Record<string, unknown>;
type Path = readonly (string | number)[];

const guarded = guardedDaemon();

/** A reference's schema; any other schema itself. */
function resolved(schema: Schema): Schema {
  const { $ref } = schema;
  return typeof $ref === 'string' ? (openApi.components.schemas[$ref.split('/').at(-1) ?? ''] ?? {}) : schema;
}

/** Every field of a body, those of objects and lists in it too. */
function* fieldsOf(schema: Schema, path: Path = []): Generator<{ path: Path; schema: Schema }> {
  const { properties = {}, items } = resolved(schema) as {
    properties?: Record<string, Schema>;
    items?: Schema;
  };
  for (const [name, field] of Object.entries(properties)) {
    yield { path: [...path, name], schema: field };
    yield* fieldsOf(field, [...path, name]);
  }
  if (items) {
    yield { path: [...path, 0], schema: items };
    yield* fieldsOf(items, [...path, 0]);
  }
}

/** The least that a schema asks for. */
function least(schema: Schema): unknown {
  const {
    type,
    properties = {},
    required = [],
    items,
    enum: choices,
    prefixItems,
  } = resolved(schema) as {
    type?: string;
    properties?: Record<string, Schema>;
    required?: string[];
    items?: Schema;
    enum?: unknown[];
    prefixItems?: unknown[];
  };
  if (choices) return choices[0];
  if (prefixItems) return [3000, 3001];
  if (type === 'object')
    return Object.fromEntries(required.map((name) => [name, least(properties[name] ?? {})]));
  if (type === 'array') return items ? [least(items)] : [];
  if (type === 'string') return 'web';
  return type === 'boolean' ? true : 4711;
}

/** A body whose only odd value is that at the path. */
function bodyWith(body: Schema, [step, ...rest]: Path, value: unknown): unknown {
  if (step === undefined) return value;
  const { properties = {}, items = {} } = resolved(body) as {
    properties?: Record<string, Schema>;
    items?: Schema;
  };
  if (typeof step === 'number') return [bodyWith(items, rest, value)];
  return { ...(least(body) as object), [step]: bodyWith(properties[step] ?? {}, rest, value) };
}

/** Values at and beyond the published limits, and of every other kind. */
function candidates(schema: Schema): unknown[] {
  const {
    minimum,
    maximum,
    minLength,
    maxLength,
    maxItems,
    maxProperties,
    items,
    enum: choices,
    pattern,
    type,
  } = resolved(schema) as Record<string, number | undefined> & {
    items?: Schema;
    enum?: unknown[];
    pattern?: string;
    type?: string;
  };
  const longest = maxLength ?? Number(/,(\d+)\}\$$/.exec(String(pattern))?.[1] ?? 64);
  const lengths = [0, 1, minLength ?? 4, (minLength ?? 4) - 1, longest, longest + 1].filter(
    (each) => each >= 0,
  );
  const texts = lengths.flatMap((length) => ['a', '7', '.', '😀'].map((letter) => letter.repeat(length)));
  const odd = ['a b', 'a\nb', '\u007f', 'é', '-a', '_a', 'a-b_c.d', '../..', 'register', 'list', '__proto__'];
  const numbers = [minimum, maximum].flatMap((limit) =>
    limit === undefined ? [] : [limit - 1, limit, limit + 1, limit + 0.5],
  );
  const lists =
    maxItems === undefined
      ? []
      : [maxItems, maxItems + 1].map((size) => Array(size).fill(least(items ?? {})));
  const records =
    maxProperties === undefined
      ? []
      : [maxProperties, maxProperties + 1].map((size) =>
          Object.fromEntries(Array.from({ length: size }, (_, index) => [`key${index}`, index])),
        );
  // valibot takes an empty list for an object without fields, which the schema of an object does not.
  const isObject = type === 'object';
  return [
    ...new Set([
      ...texts,
      ...odd,
      ...numbers,
      ...(choices ?? []),
      0,
      -1,
      1.5,
      2 ** 31,
      2 ** 31 - 1,
      true,
      false,
      null,
    ]),
    {},
    ...(isObject ? [] : [[], [3000], [3000, 3001], [3000, 3001, 3002], [1023, 3000], ['3000', 3001]]),
    { 'a b': 1 },
    { key: null },
    ...lists,
    ...records,
  ];
}

const bodies = (Object.keys(ENDPOINTS) as EndpointName[]).flatMap((name) => {
  const schema = operationOf(name).requestBody?.content['application/json']?.schema;
  return schema
    ? [...fieldsOf(schema)].map(({ path, schema: field }) => ({ name, body: schema, path, field }))
    : [];
});

describe('the published limits are those of the daemon', () => {
  test('of all fields', () => {
    expect(bodies.length).toBeGreaterThan(50);
  });

  test.each(bodies.map((each) => [`${each.name}: ${each.path.join('.')}`, each] as const))(
    '%s',
    async (_, at) => {
      const { method, path } = ENDPOINTS[at.name];
      const target = path.replaceAll(/:\w+/g, 'nothing-of-that-name');
      const headers = { 'content-type': 'application/json' };
      const wrong: string[] = [];
      for (const value of candidates(at.field)) {
        const body = JSON.stringify(bodyWith(at.body, at.path, value));
        const answer = await guarded.ask(method, target, headers, body);
        // Of a lease that is held, the body has no end.
        const { error } = JSON.parse(answer?.status === 200 ? '{}' : (answer?.body ?? '{}')) as {
          error?: { code: string; details: { field?: string } };
        };
        const blamed = answer?.status === 400 ? error?.details.field : undefined;
        const isTaken = blamed === undefined || !blamed.startsWith(at.path.join('.'));
        if (isTaken !== takes(at.field, value))
          wrong.push(
            `${JSON.stringify(value)?.slice(0, 60)} is ${isTaken ? 'taken' : `refused (${answer?.text})`}`,
          );
      }
      expect(wrong).toEqual([]);
    },
  );
});
