import { describe, expect, test } from 'vitest';
import { readLine } from '../../../src/hook/line/read.ts';
import { withCode } from '../../../src/tools/sources/inline.ts';
import { parseShell } from '../../../src/tools/text/shell-parser.ts';
import { lineOf, SETTING } from './support.ts';

const dirOf = (text: string, program: string): string | undefined =>
  lineOf(text).commands.find(({ words }) => words[0]?.value === program)?.dir;

describe('the folder that a command runs in', () => {
  test.each([
    ["is the session's", 'x', '.'],
    ['follows cd', 'cd web && x', 'web'],
    ['follows several', 'cd a; cd b && x', 'a/b'],
    ['follows cd in quotes', `cd "my app" && x`, 'my app'],
    ['follows cd to a variable of the line', 'APP=apps/web; cd $APP && x', 'apps/web'],
    ['follows cd to the home', 'cd ~/shop && x', '/home/ann/shop'],
    ['follows cd to $HOME and $PWD', 'cd "$HOME/a"; cd $PWD/b; x', '/work/shop/b'],
    ['follows cd to the top of the repository', 'cd "$(git rev-parse --show-toplevel)" && x', '/work/shop'],
    ['follows pushd', 'pushd web && x', 'web'],
    ['is unknown behind cd -', 'cd - && x', undefined],
    ['is unknown behind a variable that is not known', 'cd $SOMEWHERE && x', undefined],
    ['is unknown behind cd in a condition', 'if true; then cd web; fi; x', undefined],
    ['does not leave a subshell', '(cd web); x', '.'],
    ['does not leave the background', 'cd web & x', '.'],
    ['does not leave a pipeline', 'cd web | cat; x', '.'],
  ])('%s', (_, text, expected) => {
    expect(dirOf(text, 'x')).toBe(expected);
  });
});

test('the folders of a loop are known', () => {
  const dirsOf = (text: string) => lineOf(text).commands.find(({ words }) => words[0]?.value === 'x')?.dirs;
  expect(dirsOf('for d in web api; do (cd apps/$d && x); done')).toEqual(['apps/web', 'apps/api']);
  expect(dirsOf('for d in web api; do cd $d; done; x')).toBeUndefined();
  expect(dirsOf('for d in *; do (cd $d && x); done')).toBeUndefined();
});

test('the text of a heredoc is the input of its command', () => {
  const inputOf = (text: string) => lineOf(text).commands[0]?.inputText;
  expect(inputOf("x - <<'EOF' &\na $b\nEOF\n")).toBe('a $b\n');
  expect(inputOf("x <<< 'a b'")).toBe('a b');
  expect(inputOf('x < file')).toBeUndefined();
});

test('code that a program reads from its input is as if an option had it', () => {
  const given = (text: string) => withCode(text.split(' '), 'CODE').join(' ');
  expect(given('python3 -')).toBe('python3 -c CODE');
  expect(given('uv run python -u - a b')).toBe('uv run python -u -c CODE');
  expect(given('node')).toBe('node -e CODE');
  expect(given('bash')).toBe('bash -c CODE');
  for (const text of [
    'python3 app.py',
    'python3 -c pass',
    'node -e 1',
    'python3 -m app',
    'psql',
    'deno run -',
  ])
    expect(given(text)).toBe(text);
});

describe('words', () => {
  const argument = (text: string) =>
    lineOf(text).commands.find(({ words }) => words[0]?.value === 'x')?.words[1];

  test('have the values of variables and loops of the line', () => {
    expect(argument('P=3000; x $P')?.value).toBe('3000');
    expect(argument('P=3000; x ":$P/"')?.value).toBe(':3000/');
    expect(argument('for p in 3000 3001; do x $p; done')?.values).toEqual(['3000', '3001']);
    expect(argument('for p in 3000 3001; do x $p; done')?.value).toBeUndefined();
    expect(argument('P="1 2"; x $P')?.values).toEqual(['1', '2']);
  });

  test('have no value when only the shell can know it', () => {
    for (const text of ['x $PORT', 'x *.js', 'x ${P:-1}', 'if a; then P=1; fi; x $P', 'x ~bob', 'x {a,b}'])
      expect(argument(text)?.value).toBeUndefined();
  });

  test('know the commands whose output they are', () => {
    expect(argument('x $(a | b)')?.from.map(({ words }) => words[0]?.value)).toEqual(['a', 'b']);
    expect(argument('V=$(a); x $V')?.from.map(({ words }) => words[0]?.value)).toEqual(['a']);
    expect(argument('a | while read v; do x $v; done')?.from.map(({ words }) => words[0]?.value)).toEqual([
      'a',
    ]);
  });
});

test('a line that bash refuses is not understood', () => {
  for (const text of ['echo "', 'if true', '(a', 'a &&', 'for do'])
    expect(readLine(text, parseShell, SETTING)).toBeUndefined();
});
