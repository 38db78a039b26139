import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { backUp, pruneBackups } from '../../../../src/system/files/backup.ts';
import { tempDir } from '../../../support/temp.ts';

let file: string;
let backups: string;
beforeEach(() => {
  const folder = tempDir();
  onTestFinished(folder.remove);
  file = join(folder.path, 'config.json');
  backups = join(folder.path, 'backups');
});

/** As a writer does it: the new content is another file that takes the name. */
function replace(content: string): void {
  writeFileSync(`${file}.new`, content);
  renameSync(`${file}.new`, file);
}

test('a backup keeps what the file held, whatever takes its name', () => {
  writeFileSync(file, 'one');
  const backup = backUp(file, join(backups, 'config.json'), new Date('2026-01-02T03:04:05.678Z'));
  expect(basename(backup ?? '')).toBe('config.json.2026-01-02T03-04-05.678Z');
  replace('two');
  expect(readFileSync(backup ?? '', 'utf8')).toBe('one');
});

test('there is no backup of what is not there', () => {
  expect(backUp(file, join(backups, 'config.json'), new Date())).toBeUndefined();
  expect(readdirSync(backups)).toEqual([]);
});

test('backups of one millisecond have names of their own, and the youngest are kept', () => {
  for (let count = 0; count < 15; count++) {
    replace(String(count));
    backUp(file, join(backups, 'config.json'), new Date(0));
  }
  mkdirSync(join(backups, 'config.json.mine'));
  writeFileSync(join(backups, 'daemon.state.1970-01-01T00-00-00.000Z'), '');
  pruneBackups(join(backups, 'config.json'));
  const kept = readdirSync(backups).filter((name) => name.startsWith('config.json.1970'));
  expect(kept.map((name) => readFileSync(join(backups, name), 'utf8'))).toEqual(
    Array.from({ length: 10 }, (_, index) => String(index + 5)),
  );
  expect(readdirSync(backups)).toHaveLength(12);
});
