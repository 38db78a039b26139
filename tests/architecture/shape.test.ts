import { readdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { lintProblems } from '../support/lint.ts';
import { readSources, sourceFile, type SourceFile } from '../support/source-tree.ts';
import { tempDir } from '../support/temp.ts';

const LONGEST_FILE = 400;
const MOST_IMPORTERS = 2;

/** Packages that more than two files must know, and why. */
const WIDELY_USED: Readonly<Record<string, { in: RegExp; because: string }>> = {
  commander: { in: /^src\/cli\//, because: 'words, option readers, help and usage errors are its own types' },
  preact: { in: /^src\/dashboard\//, because: 'the page is made of its components' },
  unbash: {
    in: /^src\/(tools|hook)\//,
    because: 'its syntax tree is walked for scripts, and for lines of agents',
  },
  valibot: {
    in: /^src\/(settings|protocol|cli\/mcp)\//,
    because: 'one schema for each thing that comes from outside',
  },
};

const sources = readSources();
const inRoot = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

const lines = ({ text }: SourceFile): number => text.split('\n').length - 1;
const packageOf = (target: string): string => /^(@[^/]+\/)?[^/]+/.exec(target)?.[0] ?? target;

/** A file that only passes on what others say. */
const isBarrel = ({ code }: SourceFile): boolean =>
  code.trim() !== '' && code.replaceAll(/^export\s[^'";]*?\bfrom\s'[^']+';$/gm, '').trim() === '';

test('no file holds two ideas: none is longer than 400 lines', () => {
  expect(sources.filter((file) => lines(file) > LONGEST_FILE).map(({ path }) => path)).toEqual([]);
});

test('the linter refuses a function of more than 80 lines, factories included, comments aside', () => {
  const { path, remove } = tempDir('styxy-shape-');
  onTestFinished(remove);
  const body = (line: string, count: number) => `${line}\n`.repeat(count);
  writeFileSync(
    join(path, 'x.ts'),
    [
      `export function createTooLong() {\n${body('  step();', 80)}}`,
      `export const tooLongToo = async (): Promise<void> => {\n${body('  step();', 80)}};`,
      `export function commented() {\n${body('  // A fact.', 60)}${body('  step();', 40)}}`,
      `declare function step(): void;\n`,
    ].join('\n\n'),
  );
  const found = lintProblems(path).filter((problem) => problem.includes('has too many lines'));
  expect(found).toEqual([
    expect.stringContaining('createTooLong'),
    expect.stringContaining('async function'),
  ]);
});

test('the only barrel is the library itself', () => {
  expect(sources.filter(isBarrel).map(({ path }) => path)).toEqual(['src/index.ts']);
  expect(
    isBarrel(sourceFile('src/x/index.ts', `export { a } from './a.ts';\nexport type { B } from './b.ts';\n`)),
  ).toBe(true);
});

test('nothing is named after having no name', () => {
  const names = sources.map(({ path }) => path.split('/').at(-1) ?? '');
  expect(names.filter((name) => /^(utils?|helpers?|manager|misc|common|index)\.ts$/.test(name))).toEqual([
    'index.ts',
  ]);
});

test('each package is known to one or two files, unless there is a reason', () => {
  const importers = new Map<string, Set<string>>();
  for (const { path, imports } of sources) {
    for (const { target } of imports) {
      if (target.startsWith('.') || target.startsWith('node:')) continue;
      const name = packageOf(target);
      importers.set(name, (importers.get(name) ?? new Set()).add(path));
    }
  }
  expect(importers.size).toBeGreaterThan(5);
  const problems = [...importers].flatMap(([name, paths]) => {
    const exception = WIDELY_USED[name];
    if (exception)
      return [...paths].filter((path) => !exception.in.test(path)).map((path) => `${name} in ${path}`);
    return paths.size > MOST_IMPORTERS ? [`${name} is imported by ${[...paths].join(', ')}`] : [];
  });
  expect(problems).toEqual([]);
  const needless = Object.keys(WIDELY_USED).filter(
    (name) => (importers.get(name)?.size ?? 0) <= MOST_IMPORTERS,
  );
  expect(needless).toEqual([]);
});

test('unit tests lie where the code lies that they test', () => {
  const folders = readdirSync(inRoot('tests/unit'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.name.endsWith('.test.ts'))
    .map((entry) => relative(inRoot('tests/unit'), entry.parentPath).replaceAll('\\', '/'));
  expect(folders.length).toBeGreaterThan(20);
  const isFolder = (name: string) =>
    name === '' || sources.some(({ path }) => path.startsWith(`src/${name}/`));
  expect([...new Set(folders)].filter((name) => !isFolder(name))).toEqual([]);
});
