import { existsSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { removeOldNetworks } from '../../../src/system/old-networks.ts';
import { tempDir } from '../../support/temp.ts';

test('folders of other networks without a daemon for a day go; our own, and what cannot be read, stays', () => {
  const { path: root, remove } = tempDir();
  onTestFinished(remove);
  const folder = (name: string, isOld: boolean): string => {
    const path = join(root, name);
    mkdirSync(path);
    if (isOld) utimesSync(path, 0, 0);
    return path;
  };
  const [old, young, home, kept] = [
    folder('net-1', true),
    folder('net-2', false),
    folder('net-3', true),
    folder('notes', true),
  ];
  // Another daemon removes one meanwhile: its name is there, and nothing behind it.
  symlinkSync(join(root, 'gone'), join(root, 'net-0'));
  const odd = join(root, 'net-4');
  writeFileSync(odd, '');
  removeOldNetworks({ root, home });
  expect([old, young, home, kept, odd].map((path) => existsSync(path))).toEqual([
    false,
    true,
    true,
    true,
    true,
  ]);
});
