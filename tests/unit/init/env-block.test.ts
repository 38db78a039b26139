import { expect, test } from 'vitest';
import { StyxyError } from '../../../src/base/styxy-error.ts';
import { alsoOutside, withBlock } from '../../../src/init/env-block.ts';

const LINES = ['WEB_PORT=3000', 'WEB_URL=http://localhost:3000'];
const BLOCK =
  '# styxy: begin, written by `styxy env --write`\nWEB_PORT=3000\nWEB_URL=http://localhost:3000\n# styxy: end\n';

test.each([
  ['an empty file', '', BLOCK],
  ['a file', 'SECRET=1\n', `SECRET=1\n${BLOCK}`],
  ['a file whose last line is open', 'SECRET=1', `SECRET=1\n${BLOCK}`],
  [
    'an older block, between lines of the user',
    `A=1\n${BLOCK.replace('3000', '1')}B=2\n`,
    `A=1\n${BLOCK}B=2\n`,
  ],
  ['lines of Windows', 'A=1\r\n', `A=1\r\n${BLOCK.replaceAll('\n', '\r\n')}`],
  ['the same block', `A=1\n${BLOCK}`, `A=1\n${BLOCK}`],
])('%s gets the block, and is otherwise the same', (_, before, after) => {
  expect(withBlock(before, LINES, '.env')).toBe(after);
  expect(withBlock(after, LINES, '.env')).toBe(after);
});

test('without lines the block goes, and nothing else', () => {
  expect(withBlock(`A=1\n${BLOCK}B=2\n`, [], '.env')).toBe('A=1\nB=2\n');
  expect(withBlock('A=1', [], '.env')).toBe('A=1');
});

test.each([
  ['# styxy: begin\nA=1\n', 'line 1'],
  ['A=1\n# styxy: end\n', 'line 2'],
  ['# styxy: end\n# styxy: begin\n', 'line 2'],
  [`${BLOCK}${BLOCK}`, 'line 1'],
])('%j: what is the block is not guessed', (text, line) => {
  const change = () => withBlock(text, LINES, '.env');
  expect(change).toThrow(StyxyError);
  expect(change).toThrow(expect.objectContaining({ code: 'BAD_CONFIG', why: expect.stringContaining(line) }));
});

test('names that stand outside of it as well are found', () => {
  const text = `export WEB_URL=x\n# WEB_PORT=2\n${BLOCK}OTHER=1\n`;
  expect(alsoOutside(text, ['WEB_PORT', 'WEB_URL'], '.env')).toEqual(['WEB_URL']);
});
