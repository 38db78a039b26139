import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readSources, sourceFile } from '../support/source-tree.ts';
import { wordsInPage, wordsInSource, wordsOutOf } from '../support/words-out.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

const VOCABULARY = 'docs/vocabulary.md';
const out = wordsOutOf(read(VOCABULARY));

/** Reads what older versions have written, under the names that it has there. */
const OLD_NAMES = /daemon.ledger.old-records/;

describe('a word that is out', () => {
  test('is in no source file', () => {
    const files = [...readSources(), sourceFile('bin/styxy.js', read('bin/styxy.js'))].filter(
      ({ path }) => !OLD_NAMES.test(path),
    );
    expect(files.length).toBeGreaterThan(200);
    const found = files.flatMap((file) =>
      wordsInSource(file, out).map((word) => ({ path: file.path, word })),
    );
    expect(found).toEqual([]);
  });

  test('is in no page', () => {
    const pages = ['README.md', 'CONTRIBUTING.md', 'AGENTS.md', 'SECURITY.md'];
    for (const name of readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }))
      if (name.endsWith('.md')) pages.push(join('docs', name));
    expect(pages.length).toBeGreaterThan(20);
    const found = pages
      .filter((path) => path !== join(VOCABULARY))
      .flatMap((path) => wordsInPage(read(path), out).map((word) => `${path}: ${word}`));
    expect(found).toEqual([]);
  });
});

test('a word that is out anywhere is in no test either', () => {
  const files = readdirSync(join(root, 'tests'), { recursive: true, encoding: 'utf8' })
    .map((name) => join('tests', name))
    // Here and there the words are examples.
    .filter(
      (path) => /\.(ts|md|mjs)$/.test(path) && !/architecture.vocabulary/.test(path) && !OLD_NAMES.test(path),
    );
  expect(files.length).toBeGreaterThan(200);
  const found = files.flatMap((path) => wordsInPage(read(path), out).map((word) => `${path}: ${word}`));
  expect(found).toEqual([]);
});

test('the tables of the page are read', () => {
  expect(out.anywhere).toEqual(expect.arrayContaining(['heir', 'kinship']));
  expect(out.inNames).toEqual(expect.arrayContaining(['take up', 'relief']));
  expect(out.inComments).toEqual(expect.arrayContaining(['whoever', 'in doubt']));
  const words = Object.values(out).flat();
  expect(words.filter((word) => !/^[a-z]+( [a-z]+)*$/.test(word))).toEqual([]);
  expect(words.length).toBeGreaterThan(30);
});

describe('the check of words finds', () => {
  const found = (text: string, path = 'src/daemon/holders/x.ts') =>
    wordsInSource(sourceFile(path, text), out);

  test.each([
    ['a name', 'const heir = find();', 'heir'],
    ['a part of a name', 'let isHeldByHeirs = true;', 'heir'],
    ['a comment', '/** A stranger may take it. */', 'stranger'],
    ['a message', `throw new Error('no kinship');`, 'kinship'],
    ['a name of several parts', 'function takeUpDuties() {}', 'take up'],
    ['a name that is fine as an English word', 'interface Leaving {}', 'leaving'],
    ['a phrase in a comment', '// In doubt it is.', 'in doubt'],
    ['a phrase over two lines', '/**\n * As so\n * many times.\n */', 'so many'],
  ])('%s', (_, text, word) => {
    expect(found(text)).toContain(word);
  });

  test('the name of a file', () => {
    expect(found('', 'src/daemon/second-look.ts')).toEqual(['second look', 'look']);
  });

  test.each([
    ['a longer word', 'const their = mankind;'],
    ['an English word in a comment', '// What it leaves behind, as it looks at the front door.'],
    ['an English word in a message', `say('a look at the house');`],
    ['words of a message that are a phrase of comments', `say('in doubt');`],
    ['two names side by side', 'take(up);'],
  ])('nothing in %s', (_, text) => {
    expect(found(text)).toEqual([]);
  });

  test('words in a page', () => {
    expect(wordsInPage('The heirs of a lease, and a *stranger*. Their doors.', out)).toEqual([
      'heir',
      'stranger',
    ]);
  });
});
