import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withPackages, writeProject } from '../../e2e/support/project.ts';
import { startProgram, styxyHome } from '../../support/home.ts';

const home = styxyHome();
const SERVER = `require('node:http').createServer().listen(process.env.PORT, () => process.exit());`;

/** The service that a package script with the prefix in it is. */
async function serviceOf(folder: string, script: string): Promise<string | undefined> {
  const shown = script.replace('run --', 'run --dry-run --json --');
  writeProject(folder, { 'package.json': { name: '@acme/web', scripts: { dev: shown } } });
  const exit = await startProgram(['npm', 'run', '--silent', 'dev'], {
    cwd: folder,
    env: home.env,
  }).finished();
  expect(exit.code, exit.story).toBe(0);
  return (JSON.parse(exit.stdout) as { service_name: string }).service_name;
}

test.each([
  ['styxy run -- node server.js', 'dev'],
  ['npx styxy run -- node server.js', 'dev'],
  ['node node_modules/styxy/bin/styxy.js run -- node server.js', 'dev'],
])('%s, run as a package script, is the service %s', async (script, expected) => {
  const folder = withPackages(
    writeProject(join(home.place, `alone-${Math.random()}`), { 'server.js': SERVER }),
    ['styxy'],
  );
  expect(await serviceOf(folder, script)).toBe(expected);
});

test('in a workspace it has the name of its package, as by npm run', async () => {
  const top = writeProject(join(home.place, 'workspace'), {
    'package.json': { workspaces: ['apps/*'] },
    'apps/web/server.js': SERVER,
    '.git/HEAD': 'ref: refs/heads/main\n',
  });
  withPackages(top, ['styxy']);
  const web = join(top, 'apps/web');
  expect(await serviceOf(web, 'styxy run -- node server.js')).toBe('web');
  const direct = ['run', '--dry-run', '--', 'npm', 'run', 'start'];
  writeProject(web, { 'package.json': { name: '@acme/web', scripts: { start: 'node server.js' } } });
  expect(await home.json(direct, { cwd: web })).toMatchObject({ service_name: 'web' });
});

test('what a script starts beyond its own run keeps its name', async () => {
  const folder = withPackages(
    writeProject(join(home.place, 'beyond'), { 'server.js': SERVER, 'other.js': SERVER }),
    ['styxy'],
  );
  const script = `node -e "require('child_process').execFileSync('styxy', ['run', '--dry-run', '--json', '--', 'node', 'other.js'], { stdio: 'inherit' })"`;
  writeProject(folder, { 'package.json': { scripts: { dev: script } } });
  const exit = await startProgram(['npm', 'run', '--silent', 'dev'], {
    cwd: folder,
    env: home.env,
  }).finished();
  expect(JSON.parse(exit.stdout)).toMatchObject({ service_name: 'other' });
});
