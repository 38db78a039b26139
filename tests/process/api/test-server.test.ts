import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { BIN, startProgram, styxyHome } from '../../support/home.ts';
import { waitFor } from '../../support/processes.ts';

const home = styxyHome({ types: ({ first, last }) => ({ test: { port_range: [first, last] } }) });
const LIBRARY = join(dirname(dirname(BIN)), 'dist', 'vitest.js');

/** Takes its time to end, and says when it has. */
const SLOW_TO_END = `const { writeFileSync } = require('node:fs');
const server = require('node:http').createServer((_, answer) => answer.end('here'));
process.on('SIGTERM', () => setTimeout(() => (writeFileSync('ended', ''), process.exit(0)), 4000));
server.listen(process.env.PORT, '127.0.0.1', () => writeFileSync('started', ''));
`;

/** A global set-up and its end, as a test runner does both. */
const setUp = (options: object): string => `import { existsSync } from 'node:fs';
import { webServer } from ${JSON.stringify(LIBRARY)};
const end = await webServer(${JSON.stringify({ name: 'e2e', command: 'node server.cjs', ...options })})();
await end();
console.log('ended by itself:', existsSync('ended'));
process.exit(0);
`;

const leases = async () => (await home.api.list()).allocations;

async function runSetUp(options: object) {
  writeFileSync(join(home.place, 'server.cjs'), SLOW_TO_END);
  writeFileSync(join(home.place, 'set-up.mjs'), setUp(options));
  const exit = await startProgram([process.execPath, 'set-up.mjs'], {
    cwd: home.place,
    env: home.env,
  }).finished(60_000);
  await waitFor(async () => (await leases()).length === 0, 20_000, 'the leases to end');
  return { exit, processes: home.processes().filter(({ command }) => command.includes('server.cjs')) };
}

test('a server for tests has the time to end that every command has', async () => {
  const { exit, processes } = await runSetUp({});
  expect(exit.code, exit.story).toBe(0);
  expect(processes).toEqual([]);
  expect(exit.stdout).toBe('ended by itself: true\n');
});

test('what can not be asked leaves no server behind', async () => {
  const { exit, processes } = await runSetUp({ path: 'http://[' });
  expect(exit.code, exit.story).not.toBe(0);
  expect(exit.stderr).toContain('no test is run against it');
  expect(processes).toEqual([]);
});
