import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { Allocation } from '../../src/protocol/answers/allocation.ts';
import { styxyHome, type Running } from '../support/home.ts';
import { waitFor } from '../support/processes.ts';
import { makeWorktrees } from '../support/repository.ts';
import { networkEnv, npmInstall, writeProject } from './support/project.ts';
import { textAt } from './support/servers.ts';

/*
 * Three packages of a pnpm workspace with the same script names, in two worktrees: six services. Large: eighteen runs of
 * pnpm, which a quiet machine does in half a minute.
 */

const PACKAGES = ['web', 'api', 'docs'];
const SERVER = `require('http').createServer((_, answer) => answer.end(process.cwd() + ' ' + process.env.STYXY_SERVICE))
  .listen(process.env.PORT);`;

const home = styxyHome();
let trees: string[] = [];
let path = '';

beforeAll(async () => {
  await npmInstall(home.place, ['pnpm@10']);
  path = [join(home.place, 'node_modules', '.bin'), networkEnv()['PATH']].join(':');
  trees = makeWorktrees(home.place, 2);
  for (const tree of trees) writeProject(tree, workspace());
}, 180_000);

function workspace(): Record<string, string | object> {
  const scripts = { dev: 'node server.js', start: 'node server.js' };
  const files = PACKAGES.map((name): [string, string | object][] => [
    [`packages/${name}/package.json`, { name: `@acme/${name}`, version: '1.0.0', scripts }],
    [`packages/${name}/server.js`, SERVER],
  ]);
  const own = {
    'package.json': { name: 'root', private: true },
    'pnpm-workspace.yaml': 'packages:\n  - packages/*\n',
  };
  return { ...own, ...Object.fromEntries(files.flat()) };
}

const leases = async (): Promise<Allocation[]> => (await home.api.list()).allocations;

/** Each as soon as the one before has its lease, so that the order is the order of the leases. */
async function startAll(order: readonly (readonly [tree: string, name: string])[]): Promise<Running[]> {
  const runs: Running[] = [];
  for (const [cwd, name] of order) {
    runs.push(
      home.start(['run', '--', 'pnpm', '--filter', `@acme/${name}`, 'dev'], { cwd, env: { PATH: path } }),
    );
    await waitFor(
      async () => (await leases().catch(() => [])).length === runs.length,
      30_000,
      () => `lease ${runs.length}; ${runs.at(-1)!.stderr()}`,
    );
  }
  return runs;
}

async function portsByService(): Promise<Record<string, number>> {
  const all = await waitFor(
    async () => {
      const now = await leases();
      return now.length === 6 && now.every(({ state }) => state === 'bound') ? now : undefined;
    },
    60_000,
    'six servers',
  );
  return Object.fromEntries(
    all.map(({ project_path: tree, service_name: name, port }) => [`${tree} ${name}`, port]),
  );
}

test(
  'six services have six ports, the same in whatever order they are started, and are found from everywhere',
  { timeout: 300_000 },
  async () => {
    const [one = '', two = ''] = trees;
    const of = (tree: string, names: readonly string[]) => names.map((name) => [tree, name] as const);
    const orders = [
      [...of(one, PACKAGES), ...of(two, PACKAGES)],
      [...of(two, PACKAGES.toReversed()), ...of(one, PACKAGES.toReversed())],
      PACKAGES.flatMap((name) => [[two, name] as const, [one, name] as const]),
    ];
    let known: Record<string, number> | undefined;
    for (const order of orders) {
      const runs = await startAll(order);
      const ports = await portsByService();
      known ??= ports;
      expect(ports).toEqual(known);
      expect(new Set(Object.values(ports)).size).toBe(6);
      for (const [tree, name] of order) {
        for (const [word, cwd] of [
          [name, tree],
          ['dev', join(tree, 'packages', name)],
        ] as const) {
          const { stdout, story } = await home.cli(['url', word], { cwd });
          expect(stdout, story).toBe(`http://localhost:${ports[`${tree} ${name}`]}\n`);
          expect(await textAt(stdout.trim())).toBe(`${join(tree, 'packages', name)} ${name}`);
        }
      }
      for (const { process } of runs) process.kill('SIGINT');
      await Promise.all(runs.map(({ finished }) => finished()));
      await waitFor(async () => (await leases()).length === 0, 10_000, 'all leases to end');
    }
  },
);
