import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Allocation } from '../../src/protocol/answers/allocation.ts';
import { CHROMIUM, testBrowser } from '../support/browser.ts';
import { styxyHome } from '../support/home.ts';
import { makeWorktrees } from '../support/repository.ts';
import { npmInstall, writeProject } from './support/project.ts';

const TIMES = process.env['ROUNDS'] === 'all' ? 10 : 2;

describe.skipIf(!CHROMIUM)('`styxy switch` with a page open in Chromium', () => {
  const home = styxyHome();
  const browser = testBrowser();
  let trees: string[] = [];
  let PATH = '';

  beforeAll(async () => {
    const tools = writeProject(join(home.place, 'tools'), { 'package.json': { private: true } });
    await npmInstall(tools, ['vite@7']);
    PATH = `${join(tools, 'node_modules', '.bin')}:${home.env['PATH']}`;
    trees = makeWorktrees(home.place, 2);
    const prefer = home.ports.first + 20;
    for (const [index, tree] of trees.entries()) {
      const services = { web: { command: 'vite', prefer }, api: { command: SERVER } };
      writeFileSync(join(tree, 'styxy.config.json'), JSON.stringify({ services }));
      writeFileSync(join(tree, 'index.html'), `<h1>tree ${index}</h1>`);
    }
  });

  test(`shows the page of the worktree that has the port, ${TIMES} times, and only these two restart`, async () => {
    const start = (tree: string, name: string) =>
      home.json<Allocation>(['run', name, '--detach', '--wait', '--json'], { cwd: tree, env: { PATH } });
    const [fixed] = [await start(trees[0]!, 'web'), await start(trees[1]!, 'web')];
    const others = await Promise.all(trees.map((tree) => start(tree, 'api')));
    const page = await browser.newPage();
    await page.goto(fixed.url);
    for (let time = 1; time <= TIMES; time++) {
      const tree = time % 2;
      const words = ['switch', 'web', '--json'];
      const cwd = trees[tree]!;
      const switched = await home.json<{ port: number; other: Allocation }>(words, { cwd, env: { PATH } });
      expect(switched).toMatchObject({ port: fixed.port, other: { project_path: trees[1 - tree] } });
      // Vite's own client loads the page anew when its server is back.
      await page.getByText(`tree ${tree}`).waitFor({ timeout: 120_000 });
      expect(await (await fetch(switched.other.url)).text()).toContain(`tree ${1 - tree}`);
    }
    for (const { port, process_id: pid } of others)
      expect((await home.api.check(port)).allocation?.process_id).toBe(pid);
    for (const cwd of trees) expect((await home.cli(['stop', '--all'], { cwd })).code).toBe(0);
  });
});

/** One that goes on while its neighbours are switched. */
const SERVER = [
  process.execPath,
  '-e',
  "require('node:http').createServer((_, answer) => answer.end()).listen(process.env.PORT)",
];
