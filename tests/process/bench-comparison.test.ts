import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { tempDir } from '../support/temp.ts';

const BENCH = fileURLToPath(new URL('../bench/main.mjs', import.meta.url));

const row = (what: string, value: number, counterpart?: number) => ({
  what,
  value,
  unit: 'ms',
  ...(counterpart !== undefined && { counterpart, ratio: value / counterpart }),
});
const before = {
  node: '20.20.2',
  skipped: [],
  rows: [row('run / node', 50, 25), row('all at once', 60), row('duplicates', 0), row('old', 1)],
};
const after = {
  node: '22.23.3',
  skipped: [],
  rows: [row('run / node', 60, 40), row('all at once', 45), row('duplicates', 0), row('new', 1)],
};

function compare(): { lines: string[][]; status: number | null; stderr: string } {
  const folder = tempDir();
  onTestFinished(folder.remove);
  const files = [before, after].map((result, index) => {
    const file = `${folder.path}/${index}.json`;
    writeFileSync(file, JSON.stringify(result));
    return file;
  });
  const { stdout, stderr, status } = spawnSync(process.execPath, [BENCH, '--compare', ...files], {
    encoding: 'utf8',
    env: { ...process.env, TMPDIR: folder.path },
  });
  expect(readdirSync(folder.path), 'nothing is left').toEqual(['0.json', '1.json']);
  const lines = stdout.trimEnd().split('\n');
  return { lines: lines.map((line) => line.trim().split(/ {2,}/)), status, stderr };
}

test('two results of the bench are compared: ratios where there are any, else values', () => {
  expect(compare()).toEqual({
    status: 0,
    stderr: '',
    lines: [
      ['before', 'after', 'change'],
      ['node', '20.20.2', '22.23.3'],
      ['run / node', '2.00 x', '1.50 x', '-25 %'],
      ['all at once', '60.0 ms', '45.0 ms', '-25 %'],
      ['duplicates', '0.00 ms', '0.00 ms'],
      ['old', 'only before'],
      ['new', 'only after'],
    ],
  });
});
