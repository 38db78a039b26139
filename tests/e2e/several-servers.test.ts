import { mkdirSync, symlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Allocation } from '../../src/protocol/answers/allocation.ts';
import { styxyHome, type Running } from '../support/home.ts';
import { isAlive, waitFor } from '../support/processes.ts';
import { makeWorktrees } from '../support/repository.ts';
import { npmInstall, writeProject } from './support/project.ts';
import { textAt } from './support/servers.ts';

const PACKAGES = ['vite@7', 'concurrently@9', 'turbo@2', 'pnpm@10', 'foreman@3'];
/** The API says in which folder it runs; 4000 is its own port. */
const API = `import { createServer } from 'node:http';
createServer((_, answer) => answer.end('api of ' + process.cwd())).listen(process.env.PORT || 4000);
`;
/** Where the site has its API from: one path for each. Its settings read .env as Vite's users do. */
const site = (...targets: readonly string[]): Record<string, string> => ({
  'index.html': '<h1>site</h1>',
  'vite.config.js': `import { loadEnv } from 'vite';
const env = loadEnv('development', process.cwd(), '');
export default { server: { proxy: { ${targets.map((each, at) => `'/api${at}': ${each}`).join()} } } };
`,
});
const BY_VARIABLE = 'env.API_URL';
const BY_NUMBER = '"http://localhost:4000"';
const IN_SCRIPT = 'env.IN_SCRIPT';
const IN_FILE = 'env.IN_FILE';

interface Case {
  files: Record<string, string | object>;
  run: readonly string[];
  /** The paths under which the site gives what its API says. */
  paths: readonly string[];
}

const pathsOf = (targets: readonly string[]): string[] => targets.map((_, at) => `/api${at}`);

const one = (targets: readonly string[], dev: string, more: Record<string, string | object> = {}): Case => ({
  files: {
    'package.json': { private: true, type: 'module', scripts: { dev } },
    'server.js': API,
    ...site(...targets),
    ...more,
  },
  run: ['npm', 'run', 'dev'],
  paths: pathsOf(targets),
});

/** Two packages, with their scripts. */
const workspace = (dev: string, more: Record<string, string | object>, run: readonly string[]): Case => {
  const web = Object.entries(site(BY_VARIABLE)).map(([name, text]) => [`apps/web/${name}`, text]);
  return {
    files: {
      'package.json': {
        private: true,
        workspaces: ['apps/*'],
        // turbo wants to be told, and pnpm runs nothing of a project of another one.
        ...(run[0] === 'npm' && { packageManager: 'npm@10.9.0' }),
        scripts: { dev },
      },
      'apps/web/package.json': { name: 'web', type: 'module', scripts: { dev: 'vite' } },
      ...Object.fromEntries(web),
      'apps/api/package.json': { name: 'api', type: 'module', scripts: { dev: 'node server.js' } },
      'apps/api/server.js': API,
      ...more,
    },
    run,
    paths: pathsOf([BY_VARIABLE]),
  };
};

const CASES: Readonly<Record<string, Case>> = {
  'concurrently, the proxy by a variable, by a number in the script and by one in .env': one(
    [BY_VARIABLE, IN_SCRIPT, IN_FILE],
    'IN_SCRIPT=http://localhost:4000 concurrently -n web,api "vite" "node server.js"',
    { '.env': 'IN_FILE=http://localhost:4000\n' },
  ),
  'concurrently, the proxy by a number in its settings, with --remap': {
    ...one([BY_NUMBER], 'concurrently -n web,api "vite" "node server.js"'),
    run: ['--remap', '--', 'npm', 'run', 'dev'],
  },
  'pnpm in a workspace': workspace('true', { 'pnpm-workspace.yaml': 'packages:\n  - apps/*\n' }, [
    'pnpm',
    '-r',
    '--parallel',
    'dev',
  ]),
  'turbo in a workspace': workspace(
    'turbo run dev --ui=stream',
    {
      'turbo.json': { tasks: { dev: { cache: false, persistent: true } } },
      'package-lock.json': {
        name: 'x',
        lockfileVersion: 3,
        packages: { '': { workspaces: ['apps/*'] } },
      },
    },
    ['npm', 'run', 'dev'],
  ),
  'a Procfile': one([BY_VARIABLE], 'nf start', { Procfile: 'web: vite\napi: node server.js\n' }),
};

describe('each server of one command, in two worktrees at once,', () => {
  const home = styxyHome();
  let tools = '';

  beforeAll(async () => {
    tools = join(home.place, 'tools');
    mkdirSync(tools, { recursive: true });
    writeProject(tools, { 'package.json': { private: true } });
    await npmInstall(tools, PACKAGES);
  }, 180_000);

  async function boundIn(project: string, run: Running): Promise<Allocation[]> {
    return waitFor(
      async () => {
        if (run.process.exitCode !== null) throw new Error(`it has ended: ${run.stdout()} ${run.stderr()}`);
        const { allocations } = await home.api.list().catch(() => ({ allocations: [] as Allocation[] }));
        const own = allocations.filter(({ project_path: path }) => path === project);
        return own.length === 2 && own.every(({ state }) => state === 'bound') ? own : undefined;
      },
      60_000,
      () => `two servers on their leases in ${project}: ${run.stdout()} ${run.stderr()}`,
    );
  }

  test.each(Object.keys(CASES))(
    '%s: has a lease, reaches the other, and ends',
    async (name) => {
      const { files, run: words, paths } = CASES[name]!;
      const place = join(home.place, name.replaceAll(/\W+/g, '-'));
      rmSync(place, { recursive: true, force: true });
      mkdirSync(place);
      const worktrees = makeWorktrees(place, 2);
      const env = {
        PATH: `${join(tools, 'node_modules', '.bin')}:${process.env['PATH']}`,
        TURBO_TELEMETRY_DISABLED: '1',
        npm_config_update_notifier: 'false',
      };
      for (const folder of worktrees) {
        writeProject(folder, files);
        symlinkSync(join(tools, 'node_modules'), join(folder, 'node_modules'));
      }
      const options = words[0]!.startsWith('--') ? words : ['--', ...words];
      const runs: Running[] = [];
      const all: Allocation[] = [];
      for (const cwd of worktrees) {
        const run = home.start(['run', ...options], { cwd, env, via: ['setsid'] });
        runs.push(run);
        const leases = await boundIn(cwd, run);
        all.push(...leases);
        expect(leases.map(({ service_name: service }) => service).toSorted()).toEqual(['api', 'web']);
        const web = leases.find(({ service_name: service }) => service === 'web')!;
        for (const path of paths) {
          const isApi = async () => (await textAt(`${web.url}${path}`)).startsWith('api of ');
          await waitFor(isApi, 20_000, () => `${path} to reach the API: ${run.stdout()} ${run.stderr()}`);
          expect(await textAt(`${web.url}${path}`)).toContain(`api of ${cwd}`);
        }
      }
      expect(new Set(all.map(({ port }) => port)).size).toBe(4);
      for (const run of runs) {
        // As a terminal's Ctrl-C, which reaches all of them.
        process.kill(-run.pid, 'SIGINT');
        await run.finished();
      }
      const pids = all.flatMap(({ listeners }) => listeners.map(({ pid }) => pid ?? 0));
      await waitFor(() => pids.every((pid) => !isAlive(pid)), 15_000, 'all servers to end');
      await waitFor(
        async () => (await home.api.list()).allocations.length === 0,
        10_000,
        'all leases to end',
      );
    },
    180_000,
  );
});
