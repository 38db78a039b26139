import { chmodSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { replaceUserFile } from '../../../../src/system/files/user-file.ts';
import { tempDir } from '../../../support/temp.ts';

function folder(): string {
  const { path, remove } = tempDir();
  onTestFinished(remove);
  return path;
}

test('several at once each write the whole file, and the last one stays', async () => {
  const place = folder();
  const file = join(place, '.env.local');
  const texts = Array.from({ length: 20 }, (_, at) => `${at}\n`.repeat(1000 + at));
  await Promise.all(texts.map((text) => replaceUserFile(file, text, { mode: 0o644 })));
  expect(texts).toContain(readFileSync(file, 'utf8'));
  expect(readdirSync(place)).toEqual(['.env.local']);
});

test('a link stays one, and the file keeps its mode', async () => {
  const place = folder();
  const [file, link] = [join(place, 'file'), join(place, 'link')];
  writeFileSync(file, 'before');
  chmodSync(file, 0o640);
  symlinkSync(file, link);
  await replaceUserFile(link, 'after', { mode: 0o644 });
  expect(readFileSync(file, 'utf8')).toBe('after');
  expect(statSync(file).mode & 0o777).toBe(0o640);
  expect(readdirSync(place).toSorted()).toEqual(['file', 'link']);
});
