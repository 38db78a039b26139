import { readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { becomeSoleInstance, type SoleInstance } from '../../../../src/daemon/lifecycle/sole-instance.ts';
import { readPidFile, type PidFile } from '../../../../src/system/pid-file.ts';
import { identify } from '../../../../src/system/process/identity.ts';
import { tempDir } from '../../../support/temp.ts';

const facts = { version: '1.2.3', socket: '/x/daemon.sock', bootId: 'boot-1' };
const startTime = identify(process.pid)?.startTime ?? '';

let path: string;
beforeEach(() => {
  const folder = tempDir();
  onTestFinished(folder.remove);
  path = join(folder.path, 'daemon.pid');
});

function become(): SoleInstance {
  const result = becomeSoleInstance(path, facts);
  if ('heldBy' in result) throw new Error('somebody else holds it');
  return result;
}

function leftBehind(own: Partial<PidFile> = {}): void {
  const file = {
    pid: process.pid,
    start_time: startTime,
    boot_id: 'boot-1',
    nonce: 'n',
    version: '1',
    started_at: '',
    socket: '',
  };
  writeFileSync(path, JSON.stringify({ ...file, ...own }));
}
test('one that lives on another machine, with which the disk is shared, keeps its home', () => {
  leftBehind({ boot_id: 'boot-2', machine: 'other', pid: 7 });
  const before = readFileSync(path, 'utf8');
  const refusal = { code: 'STATE_UNWRITABLE', why: expect.stringContaining('(pid 7) runs on other') };
  expect(() => become()).toThrow(expect.objectContaining(refusal));
  expect(readFileSync(path, 'utf8')).toBe(before);
  expect(neighbours()).toEqual(['daemon.pid']);
  // It has not been heard of for long: the machine was switched off, or has got another name.
  utimesSync(path, new Date(Date.now() - 300_000), new Date(Date.now() - 300_000));
  expect(become().previous).toMatchObject({ pid: 7 });
});

const neighbours = () => readdirSync(dirname(path));

test('the first one says who it is and where it can be reached', () => {
  const lock = become();
  expect(readPidFile(path)).toMatchObject({
    pid: process.pid,
    start_time: startTime,
    boot_id: 'boot-1',
    version: '1.2.3',
    socket: '/x/daemon.sock',
  });
  expect(lock.isOurs()).toBe(true);
  expect(neighbours()).toEqual(['daemon.pid']);
  if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('a second one learns who the first is, and changes nothing', () => {
  become();
  const before = readFileSync(path, 'utf8');
  expect(becomeSoleInstance(path, facts)).toMatchObject({ heldBy: { pid: process.pid } });
  expect(readFileSync(path, 'utf8')).toBe(before);
  expect(neighbours()).toEqual(['daemon.pid']);
});

test.each([
  ['whose pid another process has now', { start_time: '1' }],
  ['of an earlier boot', { boot_id: 'boot-0' }],
  ['whose process is gone', { pid: 2 ** 22 + 1 }],
])('a file %s is no obstacle', (_, own) => {
  leftBehind(own);
  const lock = become();
  expect([lock.isOurs(), lock.previous?.nonce]).toEqual([true, 'n']);
  expect(neighbours()).toEqual(['daemon.pid']);
});

test.each(['', 'rubbish', '{}', '{"pid":"5"}', '123', 'null'])(
  'a file that says %j is no obstacle',
  (content) => {
    writeFileSync(path, content);
    expect(become().isOurs()).toBe(true);
  },
);

test('the file can be described anew while it is held', async () => {
  const lock = become();
  await lock.describe({ socket: '/run/other.sock' });
  expect(readPidFile(path)).toMatchObject({ socket: '/run/other.sock', version: '1.2.3' });
  expect([lock.isOurs(), neighbours()]).toEqual([true, ['daemon.pid']]);
});

test('who lost the file notices, and does not remove that of the next one', () => {
  const lock = become();
  rmSync(path);
  expect(lock.isOurs()).toBe(false);
  leftBehind({ nonce: 'of the next' });
  lock.release();
  expect(readPidFile(path)?.nonce).toBe('of the next');
});

test('a released file is gone, and the next one may come', () => {
  become().release();
  expect(neighbours()).toEqual([]);
  expect(become().isOurs()).toBe(true);
});
