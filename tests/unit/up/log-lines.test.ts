import { appendFileSync, copyFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { followLog } from '../../../src/up/log-lines.ts';
import { tempDir } from '../../support/temp.ts';

function followed(before: string) {
  const { path, remove } = tempDir('styxy-log-');
  onTestFinished(remove);
  const file = join(path, 'web.log');
  writeFileSync(file, before);
  const lines: string[] = [];
  const log = followLog(file, Buffer.byteLength(before), (line) => lines.push(line));
  onTestFinished(log.close);
  return { file, lines, log };
}

test('whole lines are told, and at the end also the last one without an end', () => {
  const { file, lines, log } = followed('old\n');
  appendFileSync(file, 'one\ntw');
  log.read();
  expect(lines).toEqual(['one']);
  appendFileSync(file, 'o\nthree');
  log.read(true);
  expect(lines).toEqual(['one', 'two', 'three']);
});

test('a letter of several bytes may come in two parts', () => {
  const { file, lines, log } = followed('');
  const bytes = Buffer.from('ü\n');
  appendFileSync(file, bytes.subarray(0, 1));
  log.read();
  appendFileSync(file, bytes.subarray(1));
  log.read();
  expect(lines).toEqual(['ü']);
});

test('nothing is lost of a log that is begun anew', () => {
  const { file, lines, log } = followed('');
  appendFileSync(file, 'one\n');
  log.read();
  appendFileSync(file, 'two\nthree\n');
  copyFileSync(file, `${file}.1`);
  truncateSync(file);
  appendFileSync(file, '4\n');
  log.read();
  expect(lines).toEqual(['one', 'two', 'three', '4']);
});

test('a line that never ends is told in parts', () => {
  const { file, lines, log } = followed('');
  for (let part = 0; part < 5; part++) {
    appendFileSync(file, String(part).repeat(32 * 1024));
    log.read();
  }
  const halves = [0, 1, 2, 3].map((part) => String(part).repeat(32 * 1024));
  expect(lines).toEqual([halves[0]! + halves[1]!, halves[2]! + halves[3]!]);
  appendFileSync(file, '\n');
  log.read();
  expect(lines.at(-1)).toBe('4'.repeat(32 * 1024));
});
