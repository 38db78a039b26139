import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { createFileLogger } from '../../../../src/daemon/reports/log.ts';
import { tempDir } from '../../../support/temp.ts';

let path: string;
beforeEach(() => {
  const folder = tempDir();
  onTestFinished(folder.remove);
  path = join(folder.path, 'logs', 'daemon.log');
});

const lines = () => readFileSync(path, 'utf8').trim().split('\n');

test('an event is one line of JSON with time, level, process and facts', () => {
  createFileLogger(path, undefined).warn('port is taken', { port: 3000, text: 'a\nb' });
  const [line = '', ...others] = lines();
  expect(others).toEqual([]);
  expect(JSON.parse(line)).toMatchObject({
    level: 'warn',
    pid: process.pid,
    msg: 'port is taken',
    port: 3000,
    text: 'a\nb',
  });
  expect(Number.isNaN(Date.parse((JSON.parse(line) as { time: string }).time))).toBe(false);
});

test.each([
  [undefined, 3],
  ['debug', 4],
  ['error', 1],
  ['nonsense', 3],
])('at the level %s, %i of four events are written', (level, count) => {
  const log = createFileLogger(path, level);
  for (const name of ['debug', 'info', 'warn', 'error'] as const) log[name]('event');
  expect(lines()).toHaveLength(count);
});

test.skipIf(process.platform === 'win32')('only the owner can read it', () => {
  createFileLogger(path, undefined).info('event');
  expect([statSync(path).mode & 0o777, statSync(dirname(path)).mode & 0o777]).toEqual([0o600, 0o700]);
});

test('a log that has grown is renamed away, and two old ones are kept', () => {
  const log = createFileLogger(path, undefined);
  const text = 'x'.repeat(100_000);
  for (let count = 0; count < 50; count += 1) log.info('event', { count, text });
  expect(readdirSync(dirname(path)).toSorted()).toEqual(['daemon.log', 'daemon.log.1', 'daemon.log.2']);
  for (const name of readdirSync(dirname(path)))
    expect(statSync(join(dirname(path), name)).size).toBeLessThan(1024 * 1024);
  expect(lines().at(-1)).toContain('"count":49');
});

test('where nothing can be written, nothing fails', () => {
  mkdirSync(path, { recursive: true });
  createFileLogger(path, undefined).error('event');
  expect(readdirSync(path)).toEqual([]);
});

test('a log that was removed comes again', () => {
  const log = createFileLogger(path, undefined);
  log.info('first');
  writeFileSync(path, '');
  log.info('second');
  expect(lines()).toEqual([expect.stringContaining('second')]);
});
