import { appendFileSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { readLines } from '../../../../src/system/files/read-lines.ts';
import { openRotatingFile } from '../../../../src/system/files/rotating-file.ts';
import { tempDir } from '../../../support/temp.ts';

let folder: string;
let path: string;
beforeEach(() => {
  const made = tempDir();
  onTestFinished(made.remove);
  folder = made.path;
  path = join(folder, 'some.log');
});

const textOf = (name: string) => readFileSync(join(folder, name), 'utf8');

async function allLines(paths: readonly string[]): Promise<string[]> {
  const lines: string[] = [];
  for await (const batch of readLines(paths)) lines.push(...batch);
  return lines;
}

describe('a file that rotates', () => {
  test('is renamed away before it grows too large, and as many old ones stay as were asked for', () => {
    const file = openRotatingFile(path, { largest: 10, kept: 2 });
    for (const line of ['first\n', 'second\n', 'third\n', 'fourth\n']) file.append(line);
    expect(readdirSync(folder).toSorted()).toEqual(['some.log', 'some.log.1', 'some.log.2']);
    expect(['some.log.2', 'some.log.1', 'some.log'].map(textOf)).toEqual(['second\n', 'third\n', 'fourth\n']);
    expect(file.files()).toEqual([`${path}.2`, `${path}.1`, path]);
  });

  test('goes on where it was left, and counts what was there', () => {
    openRotatingFile(path, { largest: 10, kept: 1 }).append('1234\n');
    const again = openRotatingFile(path, { largest: 10, kept: 1 });
    again.append('5678\n');
    again.append('9\n');
    expect([textOf('some.log.1'), textOf('some.log')]).toEqual(['1234\n5678\n', '9\n']);
  });

  test('never joins half a line of a killed writer with the next one', () => {
    writeFileSync(path, 'whole\nhal');
    openRotatingFile(path, { largest: 1000, kept: 1 }).append('next\n');
    expect(textOf('some.log')).toBe('whole\nhal\nnext\n');
  });

  test('a line larger than the file may be is kept all the same', () => {
    const file = openRotatingFile(path, { largest: 3, kept: 1 });
    file.append('long line\n');
    expect(textOf('some.log')).toBe('long line\n');
  });

  test.skipIf(process.platform === 'win32')('is for its owner only', () => {
    openRotatingFile(path, { largest: 100, kept: 1 }).append('x\n');
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });
});

describe('lines', () => {
  test('of several files come in order, whatever their size and letters', async () => {
    const letters = Array.from({ length: 3000 }, (_, index) => `ü${index}-${'€'.repeat(index % 90)}`);
    writeFileSync(`${path}.1`, `${letters.join('\n')}\n`);
    writeFileSync(path, 'last\nwithout an end');
    const lines = await allLines([`${path}.1`, join(folder, 'missing'), path]);
    expect(lines).toEqual([...letters, 'last', 'without an end']);
  });

  test('are those of the moment of the question, though the file is renamed and replaced while they are read', async () => {
    writeFileSync(path, `${'x'.repeat(100)}\n`.repeat(3000));
    writeFileSync(`${path}.new`, 'later\n');
    let count = 0;
    for await (const batch of readLines([path, `${path}.new`])) {
      if (count === 0) {
        rmSync(`${path}.new`);
        appendFileSync(`${path}.new`, 'another file\n');
      }
      count += batch.length;
      expect(batch).not.toContain('another file');
    }
    expect(count).toBe(3001);
  });

  test('that never end do not fill the memory', async () => {
    writeFileSync(path, 'x'.repeat(3 * 1024 * 1024));
    const lines = await allLines([path]);
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.join('')).toHaveLength(3 * 1024 * 1024);
  });
});
