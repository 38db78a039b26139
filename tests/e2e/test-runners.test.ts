import { existsSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { startProgram, styxyHome, type Exit } from '../support/home.ts';
import { startOutsider } from '../support/outsider.ts';
import { waitFor } from '../support/processes.ts';
import { makeWorktrees } from '../support/repository.ts';
import { npmInstall, ROOT, writeProject } from './support/project.ts';

/** Says where it runs; listens only once there is a file `go`, if it is told to wait for one. */
const SERVER = `const { existsSync } = require('node:fs');
const server = require('node:http').createServer((_, answer) => answer.end(process.cwd()));
const listen = () => server.listen(process.env.PORT, '127.0.0.1');
if (!process.env.WAITS) listen();
else setInterval(() => existsSync('go') && !server.listening && listen(), 20);
`;

const PLAYWRIGHT_CONFIG = `import { defineConfig } from '@playwright/test';
import { webServer } from 'styxy/playwright';
const server = await webServer({ name: 'e2e', command: process.env.COMMAND ?? 'node server.cjs', timeout: 20_000 });
export default defineConfig({ ...server, testDir: 'tests', workers: Number(process.env.WORKERS ?? 4), fullyParallel: true, reporter: 'list' });
`;

const PLAYWRIGHT_TESTS = `import { appendFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
for (let index = 0; index < 8; index += 1)
  test('the server is ours ' + index, async ({ request, baseURL }) => {
    const says = await (await request.get('/')).text();
    appendFileSync('seen', process.pid + ' ' + baseURL + ' ' + says + '\\n');
    expect(says).toBe(process.cwd());
  });
`;

/** Where it does not matter how many there are: each starts for a second and a half. */
const ONE_WORKER = { WORKERS: '1' };

const VITEST_FILES = {
  'vitest.config.mjs':
    "export default { test: { globalSetup: './set-up.mjs', include: ['tests/*.check.mjs'] } };",
  'set-up.mjs': `import { webServer } from 'styxy/vitest';
export default webServer({ name: 'e2e', command: process.env.COMMAND ?? 'node server.cjs', timeout: 20_000 });
`,
  'tests/server.check.mjs': `import { appendFileSync } from 'node:fs';
import { expect, inject, test } from 'vitest';
test('the server is ours', async () => {
  const says = await (await fetch(inject('baseURL'))).text();
  appendFileSync('seen', process.pid + ' ' + process.env.E2E_URL + ' ' + says + '\\n');
  expect(says).toBe(process.cwd());
});
`,
};

const RUNNERS = {
  playwright: ['node_modules/@playwright/test/cli.js', 'test'],
  vitest: ['node_modules/vitest/vitest.mjs', 'run'],
} as const;

describe.each(['playwright', 'vitest'] as const)('the server of a test run with %s', (runner) => {
  const home = styxyHome({
    types: ({ first, last }) => ({
      dev: { port_range: [first, first + 99] },
      test: { port_range: [first + 100, last] },
    }),
  });
  let packages = '';

  beforeAll(async () => {
    packages = join(home.place, 'packages');
    mkdirSync(packages);
    writeFileSync(join(packages, 'package.json'), '{"private":true}');
    if (runner === 'playwright') await npmInstall(packages, ['@playwright/test@1.56', '@types/node@20']);
    else mkdirSync(join(packages, 'node_modules'));
    const own = runner === 'vitest' ? ['styxy', 'vitest'] : ['styxy'];
    for (const name of own)
      symlinkSync(
        name === 'styxy' ? ROOT : join(ROOT, 'node_modules', name),
        join(packages, 'node_modules', name),
      );
    await home.cli(['daemon', 'start']);
  });

  function project(folder: string): string {
    symlinkSync(join(packages, 'node_modules'), join(folder, 'node_modules'));
    const own =
      runner === 'vitest'
        ? VITEST_FILES
        : { 'playwright.config.ts': PLAYWRIGHT_CONFIG, 'tests/server.spec.ts': PLAYWRIGHT_TESTS };
    return writeProject(folder, {
      'package.json': { name: 'shop', type: 'module' },
      'server.cjs': SERVER,
      ...own,
    });
  }
  const alone = (name: string): string => {
    // Another one when the test is tried again.
    return project(mkdtempSync(join(home.place, `${name}-`)));
  };
  const start = (cwd: string, env: Record<string, string> = {}) =>
    startProgram([process.execPath, ...RUNNERS[runner]], { cwd, env: { ...home.env, ...env } });
  const run = (cwd: string, env: Record<string, string> = {}): Promise<Exit> =>
    start(cwd, env).finished(90_000);
  const seen = (folder: string) =>
    existsSync(join(folder, 'seen')) ? readFileSync(join(folder, 'seen'), 'utf8').trim().split('\n') : [];
  const urlsIn = (folder: string) => [...new Set(seen(folder).map((line) => line.split(' ')[1]))];
  const leases = async () => (await home.api.list()).allocations;

  test('is one for all workers, of each of two worktrees at once its own, and is gone afterwards', async () => {
    const trees = makeWorktrees(home.place, 2).map(project);
    const exits = await Promise.all(trees.map((tree) => run(tree)));
    for (const exit of exits) expect(exit.code, exit.story).toBe(0);
    const urls = trees.map(urlsIn);
    expect(urls.map((each) => each.length)).toEqual([1, 1]);
    expect(urls[0]).not.toEqual(urls[1]);
    await waitFor(async () => (await leases()).length === 0, 20_000, 'the leases to end');
    // The next run has the same port again.
    expect((await run(trees[0]!, ONE_WORKER)).code).toBe(0);
    expect(urlsIn(trees[0]!)).toEqual(urls[0]);
  });

  test('is on another port while an outsider has the remembered one', async () => {
    const folder = alone('remembered');
    expect((await run(folder, ONE_WORKER)).code).toBe(0);
    const [url = ''] = urlsIn(folder);
    const outsider = await startOutsider(Number(new URL(url).port), '127.0.0.1');
    const exit = await run(folder, ONE_WORKER);
    expect(exit.code, exit.story).toBe(0);
    expect(urlsIn(folder)).toHaveLength(2);
    await outsider.end();
  });

  test('is not an outsider that has taken its port meanwhile: no test runs, and it is said who that is', async () => {
    const folder = alone('taken');
    const running = start(folder, { WAITS: '1' });
    const lease = await waitFor(
      async () => (await leases()).find(({ service_name: name, process_id: pid }) => name === 'e2e' && pid),
      60_000,
      'the server to be started',
    );
    const outsider = await startOutsider(lease.port, '::1', true);
    writeFileSync(join(folder, 'go'), '');
    const exit = await running.finished(90_000);
    expect(exit.code, exit.story).not.toBe(0);
    const said = exit.stdout + exit.stderr;
    expect(said).toMatch(
      /styxy: .+ \(pid \d+.*\) listens on port \d+ \(::1\), and this run did not start it; no test is run/,
    );
    expect(said).toContain(`pid ${outsider.pid}`);
    expect(seen(folder)).toEqual([]);
    await outsider.end();
  });

  test('that ends at once, or never listens, is told with its reason', async () => {
    const folder = alone('broken');
    const ended = await run(folder, { COMMAND: 'node no-such-file.cjs' });
    expect(ended.code, ended.story).not.toBe(0);
    expect(ended.stdout + ended.stderr).toContain('the server ended with code 127 before it answered');
    expect(seen(folder)).toEqual([]);
    await waitFor(async () => (await leases()).length === 0, 20_000, 'the leases to end');
  });
});
