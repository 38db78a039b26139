import { describe, expect, test } from 'vitest';
import { cleanLine } from '../../../../src/cli/print/clean.ts';
import { programLine } from '../../../../src/cli/print/program-output.ts';
import { table } from '../../../../src/cli/print/table.ts';

const red = (text: string): string => `\u001b[31m${text}\u001b[39m`;
const bold = (text: string): string => `\u001b[1m${text}\u001b[22m`;

describe('a line for people', () => {
  test.each([
    ['first\nsecond\r\n\tthird', String.raw`first\nsecond\r\n\tthird`],
    ['\u001b]0;title\u0007\u001b[2J', String.raw`\x1b]0;title\x07\x1b[2J`],
    ['\u009b2J\u007f', String.raw`\x9b2J\x7f`],
    ['gnp\u202e.exe\u2066', String.raw`gnp\u{202e}.exe\u{2066}`],
    ['a\u2028b\ufeffc\ud800', String.raw`a\u{2028}b\u{feff}c\u{d800}`],
    ['\u{e0041}', String.raw`\u{e0041}`],
  ])('writes out %j', (text, shown) => {
    expect(cleanLine(text, true)).toBe(shown);
    expect(cleanLine(text, false)).toBe(shown);
  });

  test('leaves what is seen: letters of every script, emoji with their parts', () => {
    for (const text of ['größe', '端口', 'می‌خواهم', '👩‍💻 ❤️', 'é', String.raw`C:\new`])
      expect(cleanLine(text, true)).toBe(text);
  });

  test('keeps our colours, one inside the other, where there are any', () => {
    const text = `${bold('a')} ${red(`b${bold('c')}`)}`;
    expect(cleanLine(text, true)).toBe(text);
    expect(cleanLine(red('x'), false)).toBe(String.raw`\x1b[31mx\x1b[39m`);
  });

  test('has no colour that goes on behind it, none that is switched off too early, and none that we do not use', () => {
    expect(cleanLine('\u001b[31mx', true)).toBe(String.raw`\x1b[31mx`);
    expect(cleanLine(red(`a\u001b[22mb`), true)).toBe(red(String.raw`a\x1b[22mb`));
    expect(cleanLine('\u001b[8mhidden\u001b[0m', true)).toBe(String.raw`\x1b[8mhidden\x1b[0m`);
  });
});

test('a cell is one line, and as wide as it is shown', () => {
  expect(
    table(
      ['BRANCH', 'AGE'],
      [
        ['a\nb', '1 s'],
        ['\u001b[2J', '2 s'],
        ['端口', '3 s'],
      ],
    ).split('\n'),
  ).toEqual(['BRANCH   AGE', String.raw`a\nb     1 s`, String.raw`\x1b[2J  2 s`, '端口     3 s']);
});

describe("a line of a program's output", () => {
  test('keeps its colours and ends them', () => {
    expect(programLine('\u001b[38;5;208mVITE\u001b[39m ready')).toBe(
      '\u001b[38;5;208mVITE\u001b[39m ready\u001b[0m',
    );
    expect(programLine('a\tb')).toBe('a\tb');
  });

  test('does nothing to the screen', () => {
    expect(programLine('\u001bc\u001b[2J\u001b[Hready\u001b]0;title\u0007\r')).toBe('ready');
    expect(programLine('10 %\r20 %\r')).toBe('20 %');
    expect(programLine('a\u202eb\bc')).toBe(String.raw`a\u{202e}b\x08c`);
  });
});
