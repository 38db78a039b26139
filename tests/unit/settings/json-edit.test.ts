import { describe, expect, test } from 'vitest';
import { editJson } from '../../../src/settings/json-edit.ts';

const grafana = { port_range: [20_000, 20_009], auto_allocated: true };
const TYPE = ['service_types', 'grafana'] as const;
const add = (text: string): string => editJson(text, [{ path: TYPE, value: grafana }]);
const undo = (text: string): string => editJson(text, [{ path: TYPE, value: undefined }]);

const BY_HAND = `{
    "$schema": "./styxy.schema.json",

    "http_port" : 9876,
    "service_types": {
        "dev":  { "port_range": [3000, 3099], "preferred_ports": [3000,
                                                                 3001] },

        "api":  { "port_range": [8000, 8099] }
    },

    "log_level": "info"
}`;

describe('a file written by hand', () => {
  test('gets a type with the indentation that is there, and nothing else changes', () => {
    expect(add(BY_HAND)).toBe(
      BY_HAND.replace(
        '[8000, 8099] }\n',
        `[8000, 8099] },
        "grafana": {
            "port_range": [20000, 20009],
            "auto_allocated": true
        }
`,
      ),
    );
  });

  test.each([
    ['with tabs', BY_HAND.replaceAll('    ', '\t')],
    ['with Windows line ends', BY_HAND.replaceAll('\n', '\r\n')],
    ['with a byte order mark', `\uFEFF${BY_HAND}\n`],
    ['on one line', '{"log_level": "info", "service_types": {"x": {"port_range": [20100, 20109]}}}\n'],
    ['without any space', '{"log_level":"info","service_types":{"x":{"port_range":[20100,20109]}}}'],
    ['without types', '{\n  "log_level": "info"\n}\n'],
    ['with nothing in it', '{}\n'],
  ])('%s is itself again when what was added is undone', (_, text) => {
    const added = add(text);
    expect(JSON.parse(added.replace(/^\uFEFF/, ''))).toMatchObject({ service_types: { grafana } });
    expect(undo(added)).toBe(text);
  });

  test('keeps its style in what is added', () => {
    expect(add('{"service_types":{"x":{"port_range":[20100,20109]}}}')).toBe(
      '{"service_types":{"x":{"port_range":[20100,20109]},"grafana":{"port_range":[20000,20009],"auto_allocated":true}}}',
    );
    expect(add('{ "service_types": { "x": { "port_range": [20100, 20109] } } }')).toBe(
      '{ "service_types": { "x": { "port_range": [20100, 20109] }, "grafana": {"port_range": [20000, 20009], "auto_allocated": true} } }',
    );
    expect(add(BY_HAND.replaceAll('\n', '\r\n')).replaceAll('\r\n', '')).not.toContain('\n');
  });

  test('keeps the form of a list whose values change', () => {
    const text = '{"service_types": {"x": {"port_range": [\n  20000 ,\n  20009\n]}}}';
    const path = ['service_types', 'x', 'port_range'] as const;
    expect(editJson(text, [{ path, value: [20_000, 20_019] }])).toBe(text.replace('20009', '20019'));
  });
});

test('what is missing on the way is made', () => {
  expect(add('{}\n')).toBe(`{
  "service_types": {
    "grafana": {
      "port_range": [20000, 20009],
      "auto_allocated": true
    }
  }
}
`);
});

test('of several, any can be taken away, and the others stay as they are', () => {
  const text = '{\n  "a": 1,\n\n  "b": 2,\n  "c": 3\n}\n';
  const without = (name: string): string => editJson(text, [{ path: [name], value: undefined }]);
  expect(without('a')).toBe('{\n  "b": 2,\n  "c": 3\n}\n');
  expect(without('b')).toBe('{\n  "a": 1,\n  "c": 3\n}\n');
  expect(without('c')).toBe('{\n  "a": 1,\n\n  "b": 2\n}\n');
  expect(without('d')).toBe(text);
});

test('of a name that stands there twice the last one is changed, and both are taken away', () => {
  const text = '{"a": 1, "b": 2, "a": 3}';
  expect(editJson(text, [{ path: ['a'], value: 4 }])).toBe('{"a": 1, "b": 2, "a": 4}');
  expect(editJson(text, [{ path: ['a'], value: undefined }])).toBe('{"b": 2}');
});
