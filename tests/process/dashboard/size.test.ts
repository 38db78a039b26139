import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { styxyHome } from '../../support/home.ts';

const home = styxyHome();
const DIST = fileURLToPath(new URL('../../../dist', import.meta.url));
const PAGE = join(DIST, 'dashboard');
/** Words of the page that nothing else says. */
const OF_PAGE = 'Asking the daemon…';

test('the page with all that it loads has less than 60 kB, compressed', () => {
  const sizes = readdirSync(PAGE).map((name) => gzipSync(readFileSync(join(PAGE, name))).length);
  const sum = sizes.reduce((all, each) => all + each, 0);
  console.log(`the dashboard: ${(sum / 1000).toFixed(1)} kB compressed, of ${sizes.length} files`);
  expect(sum).toBeLessThan(60_000);
});

test('no command has any of it in the files that it loads', () => {
  const filesWithIt = readdirSync(DIST, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(c?js)$/.test(name))
    .filter((name) => readFileSync(join(DIST, name), 'utf8').includes(OF_PAGE));
  expect(filesWithIt).toEqual([join('dashboard', 'dashboard.js')]);
});

test.for([['list'], ['status'], ['run', '--name', 'web', '--', 'true']])(
  '`styxy %s` opens none of its files',
  async (words, { skip }) => {
    await home.cli(['daemon', 'start']);
    const trace = join(home.place, 'trace');
    const strace = ['strace', '-f', '-e', 'trace=open,openat', '-o', trace];
    if (spawnSync(strace[0]!, [...strace.slice(1, -1), '/dev/null', 'true']).status !== 0)
      skip('strace can not be used');
    const exit = await home.cli(words, { via: strace });
    expect(exit.code, exit.story).toBe(0);
    const opened = readFileSync(trace, 'utf8')
      .split('\n')
      .filter((line) => line.includes(DIST));
    expect(opened.length).toBeGreaterThan(0);
    expect(opened.filter((line) => line.includes(PAGE))).toEqual([]);
  },
);
