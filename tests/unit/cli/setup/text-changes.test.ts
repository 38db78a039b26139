import { expect, test } from 'vitest';
import { changedLines } from '../../../../src/cli/setup/text-changes.ts';

const shown = (before: string | undefined, after: string | undefined) =>
  changedLines(before, after).map(({ sign, text }) => sign + text);

test.each([
  ['a changed line, with one around it', 'a\nb\nc\nd\ne\n', 'a\nb\nX\nd\ne\n', [' b', '-c', '+X', ' d']],
  ['lines that come', 'a\nb', 'a\nx\ny\nb', [' a', '+x', '+y', ' b']],
  ['lines that go, with line ends of Windows', 'a\r\nx\r\nb\r\n', 'a\r\nb\r\n', [' a', '-x', ' b']],
  ['a line that is there twice', 'a\na\n', 'a\na\na\n', [' a', '+a']],
  ['a new text', undefined, 'a\n', ['+a']],
  ['nothing', 'a\n', 'a\n', []],
  [
    'two places, and nothing between them',
    'a\nb\nc\nd\ne\nf\n',
    'a\nx\nb\nc\nd\nE\nf\n',
    [' a', '+x', ' b', ' ...', ' d', '-e', '+E', ' f'],
  ],
  ['a line in a block that comes', '{\n}\n', '{\na\n{\n}\n}\n', [' {', '+a', '+{', '+}', ' }']],
])('of two texts it shows %s', (_, before, after, expected) => {
  expect(shown(before, after)).toEqual(expected);
});

test('many lines that go are counted', () => {
  const many = Array.from({ length: 20 }, (_, index) => `line ${index}`).join('\n');
  expect(shown(`a\n${many}\nb`, 'a\nb')).toEqual([
    ' a',
    ...[0, 1, 2, 3].map((index) => `-line ${index}`),
    '-... and 16 more lines',
    ' b',
  ]);
});
