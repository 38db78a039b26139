import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';

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
