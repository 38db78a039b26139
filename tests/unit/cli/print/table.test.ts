import { describe, expect, test } from 'vitest';
import { facts, table, wrapWords } from '../../../../src/cli/print/table.ts';

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

describe('in a window that is too narrow', () => {
  const columns = [
    'PORT',
    { heading: 'TYPE', spare: 1 },
    { heading: 'PROJECT', cut: 'start', least: 10 },
    { heading: 'BRANCH', spare: 2 },
    { heading: 'COMMAND', cut: 'end', least: 12 },
  ] as const;
  const windowOf = (width: number) => ({ width, paint: (_: unknown, text: string) => text });
  const rows = [
    ['3000', 'dev', '/home/ada/work/shop', 'main', 'npm run dev -- --host'],
    ['3001', 'database', '/home/ada/shop', '-', 'pg'],
  ];
  const at = (width: number): string[] => table(columns, rows, windowOf(width)).split('\n');

  test('nothing is cut as long as all fits', () => {
    expect(at(68)).toEqual(table(columns, rows).split('\n'));
  });

  test('long paths lose their beginning, long commands their end, the longer one first', () => {
    expect(at(60)).toEqual([
      'PORT  TYPE      PROJECT            BRANCH  COMMAND',
      '3000  dev       …/ada/work/shop    main    npm run dev -- -…',
      '3001  database  /home/ada/shop     -       pg',
    ]);
  });

  test('columns that tell least go, and what they leave is given back', () => {
    expect(at(40)).toEqual([
      'PORT  PROJECT       BRANCH  COMMAND',
      '3000  …/work/shop   main    npm run dev…',
      '3001  …/ada/shop    -       pg',
    ]);
    expect(at(36)[0]).toBe('PORT  PROJECT         COMMAND');
  });

  test('no line is longer than the window, down to the narrowest that has room', () => {
    for (let width = 30; width < 80; width += 1) {
      for (const line of at(width)) expect(line.length).toBeLessThanOrEqual(width);
    }
  });

  test('a colour survives the cut', () => {
    const [, line] = table(
      [{ heading: 'A', cut: 'end', least: 4 }],
      [['\u001b[32mabcdefgh\u001b[39m']],
      windowOf(5),
    ).split('\n');
    expect(line).toBe('\u001b[32mabcd…\u001b[39m');
  });
});

test('a sentence goes on in the next line, and loses nothing', () => {
  expect(wrapWords('one more on managed ports')).toEqual(['one more on managed ports']);
  expect(wrapWords('one more on managed ports', 12)).toEqual(['one more on', 'managed', 'ports']);
  expect(wrapWords('at /a/long/path/to/it or so', 8)).toEqual(['at', '/a/long/', 'path/to/', 'it or so']);
  expect(wrapWords('', 5)).toEqual(['']);
});

test('in a pipe, one very long cell widens its own line alone, and is whole', () => {
  const long = `/${'x'.repeat(1600)}`;
  const [, first, second] = table(
    [{ heading: 'PROJECT', cut: 'start' }, 'NOTE'],
    [
      [long, 'a'],
      ['/shop', 'b'],
    ],
  ).split('\n');
  expect(first).toBe(`${long}  a`);
  expect(second).toBe('/shop    b');
});
