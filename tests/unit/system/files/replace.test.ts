import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import {
  discardDraft,
  draftOf,
  putInPlace,
  replaceFile,
  writeDraft,
} from '../../../../src/system/files/replace.ts';
import { tempDir } from '../../../support/temp.ts';

let folder: string;
let file: string;
beforeEach(() => {
  const temp = tempDir();
  onTestFinished(temp.remove);
  folder = temp.path;
  file = join(folder, 'file');
});

test('the new content is there, and nothing beside it', async () => {
  await replaceFile(file, 'one', 0o600);
  await replaceFile(file, 'two', 0o600);
  expect([readFileSync(file, 'utf8'), readdirSync(folder)]).toEqual(['two', ['file']]);
});

test.skipIf(process.platform === 'win32')('the mode is the one asked for, whatever the umask', async () => {
  const before = process.umask(0o077);
  onTestFinished(() => void process.umask(before));
  await replaceFile(file, 'text', 0o644);
  expect(statSync(file).mode & 0o777).toBe(0o644);
});

test('until the draft is put in its place, the old content is there', async () => {
  writeFileSync(file, 'old');
  await writeDraft(file, 'new', 0o600);
  expect([readFileSync(file, 'utf8'), readFileSync(draftOf(file), 'utf8')]).toEqual(['old', 'new']);
  const onDisk = putInPlace(file);
  expect(readFileSync(file, 'utf8')).toBe('new');
  await onDisk;
});

test('what a kill left is overwritten, even if it is longer and read-only', async () => {
  writeFileSync(draftOf(file), 'half of something long');
  chmodSync(draftOf(file), 0o400);
  await replaceFile(file, 'text', 0o600);
  expect([readFileSync(file, 'utf8'), readdirSync(folder)]).toEqual(['text', ['file']]);
});

test('where the rename fails, everything is as before', async () => {
  mkdirSync(join(file, 'full'), { recursive: true });
  await expect(replaceFile(file, 'text', 0o600)).rejects.toMatchObject({ code: expect.any(String) });
  expect([readdirSync(folder), readdirSync(file)]).toEqual([['file'], ['full']]);
});

test('a draft that is not there is no error to discard', () => {
  expect(() => discardDraft(join(folder, 'no', 'file'))).not.toThrow();
});
