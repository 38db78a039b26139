import { expect, test } from 'vitest';
import { missingScript } from '../../../src/tools/runners/missing-script.ts';

const texts: Record<string, string> = {
  'package.json': JSON.stringify({ scripts: { dev: 'vite' } }),
  'web/package.json': '{}',
};
const missing = (line: string): string | undefined =>
  missingScript(line.split(' '), {
    readFile: (path) => texts[path],
    folders: () => [],
    library: { tools: {} },
    parsed: new Map(),
    missing: new Set(),
  });

test.each(['npm run dve', 'pnpm run dve', 'npm --prefix web run dve', 'npm run dve -- --port 1'])(
  'a script that package.json does not have is told: %s',
  (line) => expect(missing(line)).toBe('dve'),
);

test.each([
  'npm run dev',
  'npm start',
  'yarn dve',
  'bun run dve',
  'npm --prefix other run dve',
  'node dve',
  'npm ci',
])('nothing is said of a command that may work: %s', (line) => expect(missing(line)).toBeUndefined());
