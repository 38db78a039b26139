import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createFolderFinder } from '../../../../src/system/files/find-folder.ts';
import { tempDir } from '../../../support/temp.ts';

test('a folder is there, or gone, and what lies below a file is gone', async () => {
  const place = tempDir();
  onTestFinished(place.remove);
  const file = join(place.path, 'file');
  writeFileSync(file, '');
  const findFolder = createFolderFinder();
  const answers = [place.path, join(place.path, 'not-there'), join(file, 'below')].map(findFolder);
  expect(await Promise.all(answers)).toEqual(['there', 'gone', 'gone']);
});

test('what the system refuses to tell is not known', async () => {
  const findFolder = createFolderFinder(() => Promise.reject(Object.assign(new Error(), { code: 'EACCES' })));
  expect(await findFolder('/secret')).toBe('unknown');
});

test('a disk that does not answer is asked once, and nothing else until it does', async () => {
  const asked: string[] = [];
  const answers = new Map<string, () => void>();
  const findFolder = createFolderFinder((path) => {
    asked.push(path);
    return path === '/dead' ? new Promise<void>((resolve) => answers.set(path, resolve)) : Promise.resolve();
  });
  expect(await findFolder('/dead')).toBe('unknown');
  expect(await Promise.all([findFolder('/alive'), findFolder('/dead')])).toEqual(['unknown', 'unknown']);
  expect(asked).toEqual(['/dead']);
  answers.get('/dead')?.();
  await new Promise(setImmediate);
  expect(await findFolder('/alive')).toBe('there');
});
