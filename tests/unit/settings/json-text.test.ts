import { expect, test } from 'vitest';
import { scanJson } from '../../../src/settings/json-text.ts';

const TEXT = `{
  "service_types": {
    "dev": {
      "port_range": [
        3000,
        3099
      ]
    }
  }, "log_level": "\\u0064ebug", "empty": {}, "none": []
}
`;

test('every value has the line on which its name stands', () => {
  const { lineOf, fault } = scanJson(TEXT);
  expect(fault).toBeUndefined();
  const lines = [
    '',
    'service_types',
    'service_types.dev.port_range',
    'service_types.dev.port_range.1',
    'log_level',
  ];
  expect(lines.map(lineOf)).toEqual([1, 2, 4, 6, 9]);
  expect(lineOf('service_types.api')).toBeUndefined();
});

test.each([
  ['', 1, 1, 'a value'],
  ['{oops', 1, 2, 'a name in double quotes'],
  ['{\n  "a": 1\n  "b": 2\n}', 3, 3, '"," or "}"'],
  ['{"a" 1}', 1, 6, '":"'],
  ['{"a": 1,}', 1, 9, 'a name in double quotes'],
  ['{"a":\n[1, 2', 2, 6, '"," or "]"'],
  ['{"a": tru}', 1, 7, 'a value'],
  ['{"a": "x\ny"}', 1, 7, 'a value'],
  ['{}\n\n}', 3, 1, 'the end of the file'],
  ["{'a': 1}", 1, 2, 'a name in double quotes'],
])('%j stops being JSON in line %i, column %i: it lacks %s', (text, line, column, expected) => {
  expect(() => void JSON.parse(text)).toThrow();
  expect(scanJson(text).fault).toEqual({ line, column, expected });
});
