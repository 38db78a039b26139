import { delimiter, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Allocation } from '../../src/protocol/answers/allocation.ts';
import { styxyHome, type Running } from '../support/home.ts';
import { waitFor } from '../support/processes.ts';
import { commitInTwoTrees, npmInstall, writeProject } from './support/project.ts';
import { textAt } from './support/servers.ts';

const TREES = ['main', 'feature'];
const PACKAGES = ['web', 'api', 'docs'];
const PLACES = TREES.flatMap((tree) => PACKAGES.map((name) => `${tree}/${name}`));

/** Each time in another order, and at least once in each way. */
const ALL_ROUNDS = [
  { places: PLACES, inBackground: false },
  { places: PLACES.toReversed(), inBackground: true },
  {
    places: PACKAGES.flatMap((name) => TREES.toReversed().map((tree) => `${tree}/${name}`)),
    inBackground: false,
  },
];
const ROUNDS = process.env['ROUNDS'] === 'all' ? ALL_ROUNDS : ALL_ROUNDS.slice(0, 2);

/** Says who it is: the last folders of its path, and the name of its service. */
const SERVER =
  "const place = process.cwd().split('/').slice(-2).join('/');" +
  "require('node:http').createServer((_, answer) => answer.end(place + ' ' + process.env.STYXY_SERVICE))" +
  '.listen(process.env.PORT);';

describe('a pnpm workspace of three packages with the same scripts, in two worktrees', () => {
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
          [
            `${name}/package.json`,
            { name: `@shop/${name}`, scripts: { dev: 'node server.js', start: 'node server.js' } },
          ],
          [`${name}/server.js`, SERVER],
        ]),
      ),
    });
    commitInTwoTrees(main, join(home.place, 'feature'));
  });

  const leases = async (): Promise<Allocation[]> => (await home.api.list()).allocations;

  /** As people type it: from the top of the worktree, or in the package's folder. */
  function start(place: string, options: readonly string[], fromTop: boolean): Running {
    const [tree = '', name = ''] = place.split('/');
    const command = fromTop ? ['pnpm', '--filter', `@shop/${name}`, 'dev'] : ['pnpm', 'dev'];
    const env = { PATH: `${programs}${delimiter}${home.env['PATH']}` };
    const cwd = join(home.place, fromTop ? tree : place);
    return home.start(['run', ...options, '--', ...command], { cwd, env });
  }

  /** One after the other. @returns how all of them are ended */
  async function startAll(places: readonly string[], inBackground: boolean): Promise<() => Promise<void>> {
    const runs: Running[] = [];
    for (const [index, place] of places.entries()) {
      const run = start(place, inBackground ? ['--detach', '--wait'] : [], index % 2 === 0);
      runs.push(run);
      if (inBackground) {
        const { code, story } = await run.finished();
        expect(code, story).toBe(0);
      } else
        await waitFor(
          async () => (await leases().catch(() => [])).length === runs.length,
          30_000,
          () => `the lease of ${place}; ${run.stderr()}`,
        );
    }
    return inBackground ? stopAll : () => interrupt(runs);
  }

  async function stopAll(): Promise<void> {
    for (const tree of TREES) {
      const stopped = await home.cli(['stop', '--all'], { cwd: join(home.place, tree) });
      expect(stopped.code, stopped.story).toBe(0);
    }
    expect(await leases()).toEqual([]);
  }

  async function interrupt(runs: readonly Running[]): Promise<void> {
    for (const run of runs) run.process.kill('SIGINT');
    await Promise.all(runs.map((run) => run.finished()));
    await waitFor(async () => (await leases()).length === 0, 10_000, 'all leases to end');
  }

  async function urlOf(word: string, folder: string): Promise<string> {
    const { stdout, story } = await home.cli(['url', word], { cwd: join(home.place, folder) });
    expect(stdout, story).toMatch(/^http:\/\/localhost:\d+\n$/);
    return stdout.trim();
  }

  test('are six services, each with its port, in whatever order and by whatever command they start, and are found from everywhere', async () => {
    const first = new Map<string, string>();
    for (const { places, inBackground } of ROUNDS) {
      const endAll = await startAll(places, inBackground);
      const isUp = async () => (await leases()).filter(({ state }) => state === 'bound').length;
      await waitFor(async () => (await isUp()) === places.length, 60_000, 'six servers');
      for (const place of places) {
        const [tree = '', name = ''] = place.split('/');
        const url = await urlOf(name, tree);
        expect(await urlOf('dev', place)).toBe(url);
        expect(await textAt(url)).toBe(`${place} ${name}`);
        expect(url, place).toBe(first.get(place) ?? url);
        first.set(place, url);
      }
      expect(new Set(first.values()).size).toBe(PLACES.length);
      await endAll();
    }
  });
});
