import { expect, test } from 'vitest';
import { facts, table } from '../../../src/cli/table.ts';

test('columns are as wide as their widest cell, and no line ends with spaces', () => {
  const rows = [
    ['3000', 'web', 'x'],
    ['80', 'documentation', ''],
  ];
  expect(table(['PORT', 'SERVICE', 'NOTE'], rows).split('\n')).toEqual([
    'PORT  SERVICE        NOTE',
    '3000  web            x',
    '80    documentation',
  ]);
});

test('a colour has no width, and a letter has one, whatever its bytes', () => {
  const green = (text: string): string => `\u001b[32m${text}\u001b[39m`;
  const lines = table(
    ['A', 'B'],
    [
      [green('ok'), '1'],
      ['größe', '2'],
    ],
  ).split('\n');
  expect(lines).toEqual(['A      B', `${green('ok')}     1`, 'größe  2']);
});

test('a table without rows is its headings', () => {
  expect(table(['A', 'B'], [])).toBe('A  B');
});

test('facts stand below each other, and what is unknown is left out', () => {
  const pairs = [
    ['port', '3000'],
    ['service', null],
    ['type', ''],
    ['branch', undefined],
    ['worktree', '/p'],
  ] as const;
  expect(facts(pairs)).toBe('port      3000\nworktree  /p');
  expect(facts([])).toBe('');
});
