import { describe, expect, test } from 'vitest';
import { table } from '../../../../src/cli/print/table.ts';
import { endOf, startOf, widthOf } from '../../../../src/cli/print/text-width.ts';

const ACCENT = 'e\u0301';
const FAMILY = '\u{1f469}\u200d\u{1f469}\u200d\u{1f467}';

test.each([
  ['plain text', 'shop/web', 8],
  ['letters with accents in one sign', 'wéb', 3],
  ['letters with accents of their own', `caf${ACCENT}`, 4],
  ['Japanese', '日本語プロジェクト', 18],
  ['Korean', '서울', 4],
  ['an emoji', '🚀', 2],
  ['an emoji with a skin tone', '👍🏽', 2],
  ['an emoji made of several', FAMILY, 2],
  ['a sign that asks for its emoji form', '❤\ufe0f', 2],
  ['a flag', '🇯🇵', 2],
  ['colours', '\u001b[31mred\u001b[39m', 3],
  ['our own mark for what is cut', 'a…', 2],
  ['nothing', '', 0],
])('%s: %j takes %i columns', (_, text, columns) => {
  expect(widthOf(text)).toBe(columns);
});

describe('a part of a text', () => {
  test('never holds half of a sign, and never takes more room than there is', () => {
    expect([startOf('日本語', 5), endOf('日本語', 5)]).toEqual(['日本', '本語']);
    expect([startOf(`x${FAMILY}y`, 2), endOf(`x${FAMILY}y`, 3)]).toEqual(['x', `${FAMILY}y`]);
    expect([startOf(`caf${ACCENT}`, 4), endOf(`${ACCENT}t${ACCENT}`, 1)]).toEqual([`caf${ACCENT}`, ACCENT]);
  });

  test('is the whole text where there is room', () => {
    expect([startOf('日本', 9), endOf('日本', 9), endOf('web', 9), startOf('web', 0)]).toEqual([
      '日本',
      '日本',
      'web',
      '',
    ]);
  });
});

describe('a table with wide letters', () => {
  const columns = ['PORT', { heading: 'PROJECT', cut: 'start', least: 8 } as const, 'COMMAND'];
  const rows = [
    ['3000', '~/仕事/日本語プロジェクト', 'vite'],
    ['3001', '~/shop 🚀', 'next'],
  ];
  const positions = (text: string): number[] =>
    text.split('\n').map((line) => widthOf(line.slice(0, line.search(/COMMAND|vite|next/))));

  test('is aligned', () => {
    expect(positions(table(columns, rows))).toEqual([33, 33, 33]);
  });

  test('is aligned and fits where its cells are cut', () => {
    const text = table(columns, rows, { width: 30, paint: (_, cell) => cell });
    expect(new Set(positions(text)).size).toBe(1);
    for (const line of text.split('\n')) expect(widthOf(line)).toBeLessThanOrEqual(30);
    expect(text).toContain('…語プロジェクト  vite');
  });
});
