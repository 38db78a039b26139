import { delimiter, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { styxyHome } from '../support/home.ts';
import { commitInTwoTrees, npmInstall, writeProject } from './support/project.ts';

const PACKAGES = ['web', 'api', 'docs'];
const ROUNDS = 3;

/** Says who it is: the last folders of its path. */
const SERVER =
  "const place = process.cwd().split('/').slice(-2).join('/');" +
  "require('node:http').createServer((_, answer) => answer.end(place)).listen(process.env.PORT);";

const TREES = ['main', 'feature'];

describe('a pnpm workspace of three packages with the same script, in two worktrees', () => {
  const home = styxyHome();
  let programs = '';

  beforeAll(async () => {
    const tools = writeProject(join(home.place, 'tools'), { 'package.json': { private: true } });
    await npmInstall(tools, ['pnpm@10']);
    programs = join(tools, 'node_modules', '.bin');
    const main = writeProject(join(home.place, 'main'), {
      'package.json': { name: 'shop', private: true },
      'pnpm-workspace.yaml': 'packages: ["*"]\n',
      ...Object.fromEntries(
        PACKAGES.flatMap((name) => [
          [`${name}/package.json`, { name: `@shop/${name}`, scripts: { dev: 'node server.js' } }],
          [`${name}/server.js`, SERVER],
        ]),
      ),
    });
    commitInTwoTrees(main, join(home.place, 'feature'));
  });

  const services = TREES.flatMap((tree) =>
    PACKAGES.map((name) => ({ tree, name, place: `${tree}/${name}` })),
  );
  const env = () => ({ PATH: `${programs}${delimiter}${home.env['PATH']}` });

  /** Each of them as people type it: from the top of the worktree, or in the package's folder. */
  async function start({ tree, name }: { tree: string; name: string }, fromTop: boolean): Promise<void> {
    const command = fromTop ? ['pnpm', '--filter', `@shop/${name}`, 'dev'] : ['pnpm', 'dev'];
    const cwd = fromTop ? join(home.place, tree) : join(home.place, tree, name);
    const exit = await home.cli(['run', '--detach', '--wait', '--', ...command], { cwd, env: env() });
    expect(exit.code, exit.story).toBe(0);
  }

  async function urlOf({ tree, name }: { tree: string; name: string }): Promise<string> {
    return (await home.cli(['url', name], { cwd: join(home.place, tree) })).stdout.trim();
  }

  test('are six services, each with its port, in whatever order and by whatever command they start', async () => {
    const first = new Map<string, string>();
    for (let round = 0; round < ROUNDS; round++) {
      const order = services.toSorted((a, b) => rank(a.place, round) - rank(b.place, round));
      for (const [index, service] of order.entries()) await start(service, (index + round) % 2 === 0);
      for (const service of services) {
        const url = await urlOf(service);
        expect(await (await fetch(url)).text(), `round ${round}`).toBe(service.place);
        expect(url, `${service.place}, round ${round}`).toBe(first.get(service.place) ?? url);
        first.set(service.place, url);
      }
      expect(new Set(first.values()).size).toBe(services.length);
      for (const tree of TREES) {
        const stopped = await home.cli(['stop', '--all'], { cwd: join(home.place, tree) });
        expect(stopped.code, stopped.story).toBe(0);
      }
      expect((await home.api.list()).allocations).toEqual([]);
    }
  });
});

/** Another order in each round, the same in each run. */
function rank(place: string, round: number): number {
  let hash = round + 1;
  for (const char of place) hash = (Math.imul(hash, 31) + char.charCodeAt(0) * (round + 7)) % 1_000_003;
  return hash;
}
