import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { expectError } from '../../support/complaints.ts';
import { BIN, startProgram } from '../../support/home.ts';
import { tempDir } from '../../support/temp.ts';

test('a test that gives Styxy no home gets none: not that of the person who runs the tests', async () => {
  const person = tempDir();
  onTestFinished(person.remove);
  const env = { ...process.env, HOME: person.path };
  const words = [process.execPath, BIN, 'daemon', 'start'];
  const exit = await startProgram(words, { cwd: person.path, env }).finished();
  expectError(exit, exit.code || -1, /STATE_UNWRITABLE|FORBIDDEN/);
  expect(existsSync(join(person.path, '.styxy'))).toBe(false);
});
