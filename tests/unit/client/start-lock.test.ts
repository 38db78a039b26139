import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { takeStartLock, type StartLock } from '../../../src/client/start-lock.ts';
import { bootId } from '../../../src/system/process/identity.ts';
import { tempDir } from '../../support/temp.ts';

function place(): { file: string; names: () => string[] } {
  const folder = tempDir();
  onTestFinished(folder.remove);
  return { file: join(folder.path, 'daemon.starting'), names: () => readdirSync(folder.path) };
}

function taken(turn: ReturnType<typeof takeStartLock>): StartLock {
  if ('heldBy' in turn) throw new Error('somebody else has it');
  return turn;
}

test('one has the turn; who comes next is told who, and has it once it was given back', () => {
  const { file, names } = place();
  const first = taken(takeStartLock(file));
  expect(names()).toEqual(['daemon.starting']);
  const second = takeStartLock(file);
  expect(second).toEqual({ heldBy: expect.any(String) });
  expect(takeStartLock(file)).toEqual(second);
  first.release();
  expect(names()).toEqual([]);
  taken(takeStartLock(file)).release();
});

test.each([
  ['of another boot', () => ({ pid: process.pid, start_time: '1', boot_id: 'earlier', nonce: 'n' })],
  ['whose pid somebody else has', () => ({ pid: 1, start_time: '1', boot_id: bootId(), nonce: 'n' })],
  ['of nobody', () => 'null'],
  ['that was never written', () => ''],
])('a turn %s is nobody’s', (_, content) => {
  const { file, names } = place();
  const left = content();
  writeFileSync(file, typeof left === 'string' ? left : JSON.stringify(left));
  const turn = taken(takeStartLock(file));
  expect(takeStartLock(file)).toHaveProperty('heldBy');
  turn.release();
  expect(names()).toEqual([]);
});

test('nobody gives back the turn of another', () => {
  const { file, names } = place();
  const late = taken(takeStartLock(file));
  writeFileSync(file, JSON.stringify({ pid: 1, start_time: '1', boot_id: 'b', nonce: 'another' }));
  late.release();
  expect(names()).toEqual(['daemon.starting']);
});

test('where nothing can be written everybody has it', () => {
  const turn = taken(takeStartLock('/proc/no-such-folder/daemon.starting'));
  turn.release();
});
