import { expect, test } from 'vitest';
import { createOutput } from '../../../../src/cli/print/output.ts';
import { createPrefixer } from '../../../../src/cli/print/service-prefix.ts';

const plain = createOutput({ NO_COLOR: '1' });
const coloured = createOutput({ FORCE_COLOR: '1' });

test('names are as wide as the longest, up to a limit', () => {
  const line = createPrefixer(['web', 'database', 'a-very-long-name-of-a-service'], plain);
  expect(line('web', 'hello')).toBe('web                  | hello');
  expect(line('a-very-long-name-of-a-service', 'hello')).toBe('a-very-long-name-of-a-service | hello');
  expect(createPrefixer(['web', 'db'], plain)('db', 'hello')).toBe('db  | hello');
});

test('without colours nothing is left of what moves a cursor', () => {
  const line = createPrefixer(['web'], plain);
  expect(line('web', '\u001b[32mgreen\u001b[0m\u001b[2K 1%\r100%\r')).toBe('web | 100%');
  expect(line('web', '\u001b]0;title\u0007text')).toBe('web | text');
});

test('with colours each service has its own, and lines keep theirs', () => {
  const line = createPrefixer(['web', 'api'], coloured);
  expect(line('web', 'x')).toBe('\u001b[36mweb |\u001b[39m x');
  expect(line('api', 'x')).toBe('\u001b[35mapi |\u001b[39m x');
  expect(line('web', '\u001b[31mred')).toBe('\u001b[36mweb |\u001b[39m \u001b[31mred\u001b[0m');
});

test('without prefixes the line is all', () => {
  expect(createPrefixer(['web'], plain, false)('web', 'x')).toBe('x');
});
