import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { findStartFailure, readStartFailure } from '../../../src/client/start-failure.ts';
import { tempDir } from '../../support/temp.ts';

const info = '{"level":"info","msg":"stopping","reason":"idle"}';
const failure =
  '{"level":"error","msg":"the daemon did not start","error":"no room","why":"ENOSPC","hint":"tidy up"}';

test('the error line of a failed start says why and what to try', () => {
  expect(findStartFailure([info, failure])).toEqual({ why: 'no room: ENOSPC', hint: 'tidy up' });
});

test('a crash is told by its message, without its stack', () => {
  const lines = [
    info,
    '/x/cli.cjs:3',
    'boom()',
    '^',
    'TypeError: boom is not a function',
    '    at /x/cli.cjs:3:1',
  ];
  expect(findStartFailure(lines)).toEqual({ why: 'TypeError: boom is not a function' });
});

test('otherwise the last words are shown, never JSON', () => {
  expect(findStartFailure(['Killed', info, '{"broken'])).toEqual({
    why: 'its log ends with: Killed | stopping | {"broken',
  });
  expect(findStartFailure([])).toBeUndefined();
});

test('only what was written since the start counts, and a log that began anew counts as a whole', () => {
  const folder = tempDir();
  onTestFinished(folder.remove);
  const log = join(folder.path, 'daemon.log');
  expect(readStartFailure(log, 0)).toBeUndefined();
  writeFileSync(log, `${failure}\n${info}\n`);
  expect(readStartFailure(log, failure.length + 1)).toEqual({ why: 'its log ends with: stopping' });
  expect(readStartFailure(log, 5000)).toMatchObject({ hint: 'tidy up' });
  mkdirSync(join(folder.path, 'a-folder'));
  expect(readStartFailure(join(folder.path, 'a-folder'), 0)).toBeUndefined();
});
