import { closeSync, existsSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openServiceLog } from '../../../src/run/child/service-log.ts';
import { partOfLog, readLog, serviceLogPath, tailOfLog } from '../../../src/system/service-log.ts';
import { styxyPaths } from '../../../src/system/paths.ts';
import { tempDir } from '../../support/temp.ts';

let home: ReturnType<typeof tempDir>;
beforeEach(() => void (home = tempDir()));
afterEach(() => home.remove());

const paths = () => styxyPaths({ STYXY_HOME: home.path });
const log = () => serviceLogPath(paths(), '/a/project', 'web');
const write = (text: string) => {
  const fd = openServiceLog(paths(), log());
  writeSync(fd, text);
  closeSync(fd);
};

test('every service of every worktree has a log of its own, within the home whatever its name', () => {
  const names = [
    log(),
    serviceLogPath(paths(), '/b/project', 'web'),
    serviceLogPath(paths(), '/a/project', 'api'),
  ];
  expect(new Set(names).size).toBe(3);
  const odd = serviceLogPath(paths(), '/a/project', '../../etc/passwd');
  expect(odd.startsWith(join(home.path, 'logs', 'services', '.._.._etc_passwd-'))).toBe(true);
});

test('a log is added to, and is for this user only', () => {
  write('one\n');
  write('two\n');
  expect(readFileSync(log(), 'utf8')).toBe('one\ntwo\n');
  expect(statSync(log()).mode & 0o777).toBe(0o600);
  expect(statSync(join(home.path, 'logs', 'services')).mode & 0o777).toBe(0o700);
});

test('a log of more than 10 MiB begins anew in the same file, and one old one is kept', () => {
  write('x');
  expect(existsSync(`${log()}.1`)).toBe(false);
  const { ino } = statSync(log());
  writeFileSync(log(), Buffer.alloc(10 * 1024 * 1024 + 1, 'old\n'));
  write('new\n');
  expect(readFileSync(log(), 'utf8')).toBe('new\n');
  expect(statSync(log()).ino).toBe(ino);
  expect(statSync(`${log()}.1`).size).toBe(10 * 1024 * 1024 + 1);
});

test.each([
  ['one\ntwo\nthree\n', 2, 0, ['two', 'three']],
  ['one\ntwo', 5, 0, ['one', 'two']],
  ['one\ntwo\n', 0, 0, []],
  ['one\n\n\n', 2, 0, ['', '']],
  ['one\ntwo\n', 5, 4, ['two']],
  ['short\n', 5, 1000, ['short']],
  ['', 5, 0, []],
])('the last lines of %j: %d, written behind byte %d', (text, count, from, lines) => {
  write(text);
  expect(tailOfLog(log(), count, from)).toEqual(lines);
});

test('a log that is not there has no lines and no bytes', () => {
  expect(tailOfLog(log(), 5)).toEqual([]);
  expect(readLog(log(), 0, 10).length).toBe(0);
});

test('a log is followed by its whole lines; one that was begun anew is read from its begin', () => {
  const file = join(home.path, 'x.log');
  writeFileSync(file, 'one\ntwo\nhal');
  const first = partOfLog(file, 0);
  expect(first).toEqual({ lines: ['one', 'two'], next: 8 });
  writeFileSync(file, 'one\ntwo\nhalf\n');
  expect(partOfLog(file, first.next)).toEqual({ lines: ['half'], next: 13 });
  expect(partOfLog(file, 13)).toEqual({ lines: [], next: 13 });
  writeFileSync(file, 'new\n');
  expect(partOfLog(file, 13)).toEqual({ lines: ['new'], next: 4 });
});
