import { chmodSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { styxyHome } from '../support/home.ts';
import { npmInstall, networkEnv, ROOT, succeed, writeProject } from './support/project.ts';

/** A tool that has its port from a flag, and PORT from nobody. */
const VITE = [
  '#!/usr/bin/env node',
  "const flag = process.argv.indexOf('--port');",
  'const port = flag < 0 ? 5173 : process.argv[flag + 1];',
  "console.log('args ' + process.argv.slice(2).join(' '));",
  "require('node:http').createServer((_, answer) => answer.end('vite')).listen(port, () => process.exit());",
].join('\n');

describe('Yarn 4', () => {
  const home = styxyHome();
  let programs = '';
  const env = () => ({
    ...networkEnv(),
    ...home.env,
    PATH: `${programs}${delimiter}${home.env['PATH']}`,
    YARN_ENABLE_TELEMETRY: '0',
    YARN_ENABLE_GLOBAL_CACHE: 'false',
    YARN_ENABLE_NETWORK: 'false',
  });
  const project = (name: string, files: Record<string, string | object>) =>
    writeProject(join(home.place, name), { 'yarn.lock': '', ...files });

  beforeAll(async () => {
    const tools = writeProject(join(home.place, 'tools'), { 'package.json': { private: true } });
    await npmInstall(tools, ['@yarnpkg/cli-dist@4']);
    programs = join(tools, 'node_modules', '.bin');
  });

  test('appends the port to a script whose last word is the tool, as the dry run says', async () => {
    const cwd = project('linked', {
      '.yarnrc.yml': 'nodeLinker: node-modules\n',
      'package.json': {
        packageManager: 'yarn@4.11.0',
        scripts: { dev: 'vite' },
        dependencies: { vite: 'file:./vite' },
      },
      'vite/package.json': { name: 'vite', version: '6.0.0', bin: 'vite.js' },
      'vite/vite.js': VITE,
    });
    chmodSync(join(cwd, 'vite/vite.js'), 0o755);
    await succeed(['yarn', 'install'], { cwd, env: env() });
    const port = String(home.ports.first + 3);
    const options = ['--type', 'dev', '--prefer', port];
    const plan = await home.cli(['run', ...options, '--dry-run', '--', 'yarn', 'dev'], { cwd, env: env() });
    expect(plan.stdout, plan.story).toContain(`yarn dev --port ${port}`);
    expect(plan.stdout).not.toContain('becomes');
    const run = await home.cli(['run', ...options, '--', 'yarn', 'dev'], { cwd, env: env() });
    expect(run.stdout, run.story).toMatch(new RegExp(`^args --port ${port}( |$)`, 'm'));
  });

  test("runs Styxy from a project's zip files (Plug'n'Play)", async () => {
    const pack = ['npm', 'pack', '--ignore-scripts', '--json', '--pack-destination', home.place];
    const packed = await succeed(pack, { cwd: ROOT, env: networkEnv() });
    const [{ filename }] = JSON.parse(packed.stdout) as [{ filename: string }];
    const cwd = project('zipped', { 'package.json': { name: 'zipped', packageManager: 'yarn@4.11.0' } });
    await succeed(['yarn', 'add', `styxy@file:${join(home.place, filename)}`], { cwd, env: env() });
    const script = "console.log('port ' + process.env.PORT)";
    const run = await succeed(['yarn', 'styxy', 'run', '--name', 'web', '--', 'node', '-e', script], {
      cwd,
      env: env(),
    });
    expect(run.stdout).toMatch(/^port \d+$/m);
    expect(run.stderr, 'the daemon was started from there').not.toContain('no coordinator');
    await succeed(['yarn', 'styxy', 'daemon', 'stop'], { cwd, env: env() });
  });
});
