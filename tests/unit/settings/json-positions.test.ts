import { expect, test } from 'vitest';
import { findFault, lineFinder } from '../../../src/settings/json-positions.ts';

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
  expect(findFault(TEXT)).toBeUndefined();
  const lineOf = lineFinder(TEXT);
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

test('a file with Windows line ends has the same lines', () => {
  const text = TEXT.replaceAll('\n', '\r\n');
  expect(lineFinder(text)('service_types.dev.port_range.1')).toBe(6);
  expect(findFault(text.replace('3099', '3099,'))).toMatchObject({ line: 7, column: 7 });
});

const SCALAR = 'a text in double quotes, a number, true, false or null';

test.each([
  ['', 1, 1, 'a value'],
  ['{oops', 1, 2, SCALAR],
  ['{\n  "a": 1\n  "b": 2\n}', 3, 3, '","'],
  ['{"a" 1}', 1, 6, '":"'],
  ['{"a": 1,}', 1, 9, 'a name in double quotes'],
  ['{"a":\n[1, 2', 2, 6, '"," or "]"'],
  ['{"a": {"b": 1}', 1, 15, '"," or "}"'],
  ['{"a": tru}', 1, 7, SCALAR],
  ['{"a": 1.}', 1, 7, 'a number'],
  ['{"a": "x\ny"}', 1, 7, 'a text that ends with a quote on its line'],
  ['{"a": "\t"}', 1, 7, 'a text without control characters'],
  ['{}\n\n}', 3, 1, 'the end of the file'],
  ["{'a': 1}", 1, 2, SCALAR],
  ['{\n  // ports of the team\n}', 2, 3, 'no comment: JSON has none'],
  ['{} /* ports */', 1, 4, 'no comment: JSON has none'],
])('%j stops being JSON in line %i, column %i: it lacks %s', (text, line, column, expected) => {
  expect(() => void JSON.parse(text)).toThrow();
  expect(findFault(text)).toEqual({ line, column, expected });
});
