import { mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { findProgram } from '../../../src/system/process/find-program.ts';
import { tempDir } from '../../support/temp.ts';

let cwd: string;
beforeEach(() => {
  const made = tempDir();
  onTestFinished(made.remove);
  cwd = made.path;
  for (const folder of ['first', 'second', 'first/web']) mkdirSync(join(cwd, folder));
  writeFileSync(join(cwd, 'second', 'web'), '#!/bin/sh\n', { mode: 0o755 });
  writeFileSync(join(cwd, 'second', 'plain'), '#!/bin/sh\n', { mode: 0o644 });
});

const find = (word: string, ...path: string[]) =>
  findProgram(word, { cwd, env: { PATH: path.map((each) => join(cwd, each)).join(delimiter) } });

describe.skipIf(process.platform === 'win32')('a program that is looked for', () => {
  test.each([
    ['./second/web', 'executable'],
    ['./second/plain', 'not executable'],
    ['./first', 'not executable'],
    ['/', 'not executable'],
    ['./second/none', 'missing'],
    ['./second/web/none', 'missing'],
  ])('by its path: %s is %s', (word, found) => {
    expect(find(word, 'second')).toBe(found);
  });

  test('in PATH is found behind folders of its name, and behind what is no folder at all', () => {
    expect(find('web', 'first', 'none', 'second/plain', 'second')).toBe('executable');
    expect(find('plain', 'first', 'second')).toBe('not executable');
    expect(find('web', 'first')).toBe('missing');
  });
});
