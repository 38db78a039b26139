import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { styxyHome } from '../support/home.ts';
import { networkEnv, ROOT, succeed, writeProject } from './support/project.ts';

const NEEDED = [
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'LICENSE',
  'README.md',
  'SECURITY.md',
  'bin/package.json',
  'bin/styxy',
  'bin/styxy.js',
  'config/openapi.json',
  'config/styxy-project.schema.json',
  'config/styxy-user.schema.json',
  'dist/THIRD-PARTY-LICENSES.txt',
  'dist/dashboard/dashboard.css',
  'dist/dashboard/dashboard.js',
  'dist/dashboard/icon.svg',
  'dist/dashboard/index.html',
  'dist/hook-main.cjs',
  'dist/hook.cjs',
  'dist/index.js',
  'dist/launcher.cjs',
  'dist/port-remap.cjs',
  'dist/playwright.js',
  'dist/screen.js',
  'dist/script-shell.sh',
  'dist/start.cjs',
  'dist/test-server.js',
  'dist/types/api/testing/playwright.d.ts',
  'dist/types/api/testing/vitest.d.ts',
  'dist/types/index.d.ts',
  'dist/vitest.js',
  'docs/reference/errors.md',
  'hooks/AGENTS.md',
  'hooks/claude-code/.claude-plugin/plugin.json',
  'hooks/claude-code/hook.sh',
  'hooks/claude-code/hooks/hooks.json',
  'hooks/claude-code/skills/styxy/SKILL.md',
  'hooks/hook.sh',
  'hooks/mcp.json',
  'hooks/opencode/styxy.js',
  'package.json',
];

describe('the packed package, installed into an empty project,', () => {
  const home = styxyHome({
    types: ({ first, last }) => ({
      dev: { port_range: [first, last - 50] },
      test: { port_range: [last - 39, last] },
    }),
  });
  let project = '';
  let files: string[] = [];
  const inProject = (...words: string[]) =>
    succeed(words, { cwd: project, env: { ...networkEnv(), ...home.env } });

  beforeAll(async () => {
    // Without scripts: the build that is there is the one under test, and other tests are using it.
    const pack = ['npm', 'pack', '--ignore-scripts', '--json', '--pack-destination', home.place];
    const packed = await succeed(pack, { cwd: ROOT, env: networkEnv() });
    const [tarball] = JSON.parse(packed.stdout) as { filename: string; files: { path: string }[] }[];
    files = tarball!.files.map(({ path }) => path).toSorted();
    project = writeProject(join(home.place, 'app'), {
      'package.json': { name: 'app', private: true, type: 'module' },
    });
    await inProject(
      'npm',
      'install',
      '--offline',
      '--no-audit',
      '--no-fund',
      join(home.place, tarball!.filename),
    );
  });

  test('holds what its users need, and nothing else', () => {
    expect(files).toEqual(expect.arrayContaining(NEEDED));
    const others = files.filter(
      (file) =>
        !NEEDED.includes(file) &&
        !/^(docs\/.*\.md$|docs\/pictures\/.*\.(svg|webp)$|examples\/|dist\/(cli\.c?js|chunks\/|types\/.*\.d\.ts))/.test(
          file,
        ),
    );
    expect(others).toEqual([]);
  });

  test('has every file that its README and its guides link to or show', () => {
    const pages = files.filter((file) => /^(README|docs\/guides\/.*)\.?(md)?$/.test(file));
    expect(pages.length).toBeGreaterThan(8);
    const missing = pages.flatMap((page) => {
      const text = readFileSync(join(project, 'node_modules/styxy', page), 'utf8');
      const links = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)[^)]*\)|\s(?:src|srcset)="([^"]+)"/g)].map(
        ([, path, picture]) => join(dirname(page), path ?? picture ?? ''),
      );
      return links.filter((path) => !files.some((file) => file === path || file.startsWith(`${path}/`)));
    });
    expect(missing).toEqual([]);
  });

  test('brings no other package with it', () => {
    const installed = readdirSync(join(project, 'node_modules')).filter((name) => !name.startsWith('.'));
    expect(installed).toEqual(['styxy']);
  });

  test('runs a command', async () => {
    const { stdout } = await inProject(
      'npx',
      'styxy',
      'run',
      '--',
      'node',
      '-e',
      'console.log(process.env.PORT)',
    );
    expect(stdout).toBe(`${home.ports.first}\n`);
    expect((await inProject('npx', 'styxy', '--version')).stdout.trim()).toBe(versionOfPackage());
  });

  test('gives ES modules its library', async () => {
    writeProject(project, {
      'use.mjs': `
        import { acquirePort, defineConfig, StyxyError, withPort } from 'styxy';
        const inside = await withPort({ name: 'a' }, async ({ port, ports, url }) => ({ port, ports, url }));
        const lease = await acquirePort({ count: 2 });
        await lease.release();
        const refused = await acquirePort({ type: 'tset' }).catch((error) => error);
        const config = defineConfig({ services: { web: { type: 'dev' } } });
        console.log(JSON.stringify({ inside, both: lease.ports, refused: [refused instanceof StyxyError, refused.code, refused.hint], config }));
      `,
    });
    const { stdout } = await inProject('node', 'use.mjs');
    const { last } = home.ports;
    const port = last - 39;
    const said = JSON.parse(stdout) as { both: number[] };
    expect(said).toMatchObject({
      inside: { port, ports: [port], url: `http://localhost:${port}` },
      refused: [true, 'UNKNOWN_TYPE', 'did you mean "test"?'],
      config: { services: { web: { type: 'dev' } } },
    });
    expect(new Set(said.both).size).toBe(2);
  });

  test("gives its library the project's own service types, also those of a configuration in TypeScript", async () => {
    const { last } = home.ports;
    const charts = writeProject(join(project, 'charts'), {
      'use.mjs': `
        import { withPort } from 'styxy';
        console.log(await withPort({ type: 'charts' }, ({ port }) => port));
      `,
      'styxy.config.ts': `
        import { defineConfig } from 'styxy';
        const range: [number, number] = [${last - 49}, ${last - 40}];
        export default defineConfig({ service_types: { charts: { port_range: range } } });
      `,
    });
    const { stdout } = await succeed(['node', 'use.mjs'], {
      cwd: charts,
      env: { ...networkEnv(), ...home.env },
    });
    expect(stdout).toBe(`${last - 49}\n`);
  });

  test('has types that a strict project checks, declarations included', async () => {
    writeProject(project, {
      'use.mts': `
        import { acquirePort, defineConfig, StyxyError, withPort, type PortLease, type StyxyConfig } from 'styxy';
        const port: number = await withPort({ type: 'api', signal: AbortSignal.timeout(1000) }, (lease) => lease.port);
        await using lease: PortLease = await acquirePort({ daemon: 'require', count: 2 });
        const ports: readonly number[] = [port, ...lease.ports];
        export const config: StyxyConfig = defineConfig({ services: { web: { command: ['vite'], prefer: ports[0] } } });
        // @ts-expect-error -- a port is a number
        await acquirePort({ port: '3000' });
        export const codeOf = (error: unknown): string | undefined => (error instanceof StyxyError ? error.code : undefined);
      `,
      'tsconfig.json': {
        compilerOptions: { module: 'nodenext', strict: true, skipLibCheck: false, noEmit: true },
        include: ['use.mts'],
      },
    });
    await inProject(process.execPath, join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', '.');
  });
});

function versionOfPackage(): string {
  return (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }).version;
}
