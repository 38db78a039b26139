import { expect, test } from 'vitest';
import { isWorthReading } from '../../../src/tools/quick.ts';
import { missingPart } from '../../../src/tools/runners/missing-script.ts';

const texts: Record<string, string> = {
  'server.js': '',
  'package.json': JSON.stringify({ scripts: { dev: 'vite' } }),
  'web/package.json': '{}',
};
const missing = (line: string) =>
  missingPart(line.split(' '), {
    readFile: (path) => texts[path],
    folders: () => [],
    library: { tools: {} },
    parsed: new Map(),
    missing: new Set(),
  });

test.each(['npm run dve', 'pnpm run dve', 'npm --prefix web run dve', 'npm run dve -- --port 1'])(
  'a script that package.json does not have is told: %s',
  (line) => expect(missing(line)).toMatchObject({ is: 'script', name: 'dve' }),
);

test.each(
  'node nodejs babel-node jiti vite-node tsx ts-node ts-node-dev ts-node-esm tsnd python3'.split(' '),
)('what runs a file is a command that is read: %s', (program) => {
  expect(missing(`${program} srvr.js`)).toMatchObject({ is: 'file', name: 'srvr.js' });
  expect(isWorthReading([program, 'srvr.js'])).toBe(true);
});

test('what was meant by a script is told', () => {
  expect(missing('npm run dve')).toMatchObject({ near: 'dev' });
});

test.each(['node srvr.js', 'node --inspect web/server.js', 'tsx watch srvr.ts', 'python3 app.py'])(
  'a file that is not there is told: %s',
  (line) => expect(missing(line)).toMatchObject({ is: 'file', name: expect.stringMatching(/\.(js|ts|py)$/) }),
);

test.each([
  'node server.js',
  'node server',
  'node -e 1 x.js',
  'node /opt/x.js',
  'tsc server.ts',
  'npm run dev',
  'npm start',
  'yarn dve',
  'bun run dve',
  'npm --prefix other run dve',
  'node dve',
  'npm ci',
  'npm run env',
  'npm run dve --if-present',
  'pnpm --if-present run dve',
  'pnpm run /^dv/',
])('nothing is said of a command that may work: %s', (line) => expect(missing(line)).toBeUndefined());
