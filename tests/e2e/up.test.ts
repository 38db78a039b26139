import { delimiter, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { styxyHome } from '../support/home.ts';
import { waitFor } from '../support/processes.ts';
import { commitInTwoTrees, npmInstall, writeProject } from './support/project.ts';

const TREES = ['main', 'feature'];
const APPS = ['shop', 'admin'];

/** Says whose api it is: the worktree's. */
const API =
  "const place = process.cwd().split('/').at(-3);" +
  'require("node:http").createServer((_, answer) => answer.end(place)).listen(process.env.PORT ?? 4000);';

describe('`styxy up` in a pnpm workspace without a configuration, in two worktrees', () => {
  const home = styxyHome();
  let programs = '';

  beforeAll(async () => {
    const tools = writeProject(join(home.place, 'tools'), { 'package.json': { private: true } });
    await npmInstall(tools, ['pnpm@10', 'vite@7']);
    programs = join(tools, 'node_modules', '.bin');
    const proxy = '"/api": process.env.API_URL ?? "http://localhost:9"';
    const main = writeProject(join(home.place, 'main'), {
      'package.json': { name: 'acme', private: true, scripts: { dev: 'pnpm -r --parallel dev' } },
      'pnpm-workspace.yaml': 'packages: ["apps/*", "libs/*"]\n',
      'apps/api/package.json': { name: '@acme/api', scripts: { dev: 'node server.js' } },
      'apps/api/server.js': API,
      'libs/ui/package.json': { name: '@acme/ui', scripts: { dev: 'tsc --watch' } },
      ...Object.fromEntries(
        APPS.flatMap((app) => [
          [`apps/${app}/package.json`, { name: `@acme/${app}`, type: 'module', scripts: { dev: 'vite' } }],
          [`apps/${app}/vite.config.js`, `export default { server: { proxy: { ${proxy} } } };\n`],
          [`apps/${app}/index.html`, `<title>${app}</title>\n`],
        ]),
      ),
    });
    commitInTwoTrees(main, join(home.place, 'feature'));
  });

  test('starts three services in each, an app calls the api of its own worktree, and Ctrl-C leaves nothing', async () => {
    const env = { PATH: `${programs}${delimiter}${home.env['PATH']}` };
    const runs = TREES.map((tree) => home.start(['up'], { cwd: join(home.place, tree), env }));
    for (const run of runs)
      await waitFor(
        () => run.stderr().includes('READY AFTER'),
        60_000,
        () => `up: ${run.stdout()}${run.stderr()}`,
      );
    const { allocations } = await home.api.list();
    expect(new Set(allocations.map(({ port }) => port)).size).toBe(6);
    for (const tree of TREES) {
      const own = allocations.filter(({ project_path: path }) => path === join(home.place, tree));
      expect(own.map(({ service_name: name }) => name).toSorted()).toEqual(['admin', 'api', 'shop']);
      for (const { service_name: app, url } of own.filter((each) => each.service_name !== 'api')) {
        expect(await (await fetch(url)).text()).toContain(`<title>${app}</title>`);
        expect(await (await fetch(`${url}/api`)).text(), `the api that ${app} of ${tree} calls`).toBe(tree);
      }
    }
    const names = allocations.map(({ name_url: url }) => new URL(url ?? 'http://none').hostname);
    expect(names.toSorted()).toEqual(
      ['acme', 'acme--feature']
        .flatMap((project) => [...APPS, 'api'].map((name) => `${name}.${project}.localhost`))
        .toSorted(),
    );
    for (const run of runs) run.process.kill('SIGINT');
    for (const run of runs) expect((await run.finished()).code).toBe(130);
    expect((await home.api.list()).allocations).toEqual([]);
    const daemons = home.daemons();
    expect(home.processes().filter(({ pid }) => !daemons.includes(pid))).toEqual([]);
  });
});
