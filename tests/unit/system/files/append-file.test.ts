import { execFileSync } from 'node:child_process';
import { readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openAppendFile } from '../../../../src/system/files/append-file.ts';
import { bundleTs } from '../../../support/run-ts.ts';
import { tempDir } from '../../../support/temp.ts';

function fileIn(content?: string): string {
  const folder = tempDir();
  onTestFinished(folder.remove);
  const path = join(folder.path, 'log');
  if (content !== undefined) writeFileSync(path, content);
  return path;
}

test('chunks follow what was there, and the size is known', () => {
  const path = fileIn('old ');
  const file = openAppendFile(path);
  expect(file.size).toBe(4);
  file.append(Buffer.from('new '));
  file.append(Buffer.alloc(0));
  file.append(Buffer.from('ü'));
  expect(file.size).toBe(10);
  file.close();
  expect(readFileSync(path, 'utf8')).toBe('old new ü');
});

test.skipIf(process.platform === 'win32')('a new file is for its owner only', () => {
  const path = fileIn();
  openAppendFile(path).close();
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('what another made shorter is written at its new end', () => {
  const path = fileIn('0123456789');
  const file = openAppendFile(path);
  truncateSync(path, 2);
  file.append(Buffer.from('x'));
  file.close();
  expect(readFileSync(path, 'utf8')).toBe('01x');
});

test('a file that can not be opened is an error at once', () => {
  expect(() => openAppendFile(join(fileIn('not a folder'), 'log'))).toThrow(
    expect.objectContaining({ code: 'ENOTDIR' }),
  );
});

/** A limit on the size of files makes write(2) store what still fits, and then fail: like a full disk, without one. */
test.skipIf(process.platform === 'win32')(
  'a chunk that only fits in part leaves nothing behind',
  async () => {
    const path = fileIn();
    await using program = await bundleTs(`
    import { openAppendFile } from './src/system/files/append-file.ts';
    const file = openAppendFile(${JSON.stringify(path)});
    const say = (chunk: Buffer) => {
      try { file.append(chunk); console.log('ok', file.size); } catch (error) { console.log(error.code, file.size); }
    };
    say(Buffer.alloc(1000, 'a'));
    say(Buffer.alloc(5_000_000, 'b'));
    say(Buffer.from('c'));
  `);
    const limited = ['-c', 'ulimit -f 2048; exec "$0" "$1"', process.execPath, program.path];
    const said = execFileSync('sh', limited, { encoding: 'utf8' });
    expect(said.trim().split('\n')).toEqual(['ok 1000', 'EFBIG 1000', 'ok 1001']);
    expect(readFileSync(path, 'utf8')).toBe(`${'a'.repeat(1000)}c`);
  },
);
