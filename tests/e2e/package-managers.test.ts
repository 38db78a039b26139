import { spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { styxyHome } from '../support/home.ts';
import { copyExample, npmInstall, writeProject } from './support/project.ts';
import { boundLease, end, textAt } from './support/servers.ts';

const python = spawnSync('python3', ['--version']).status === 0;

describe.skipIf(!python)('a package script with a hard-coded port (needs python3)', () => {
  const home = styxyHome();
  let programs = '';

  beforeAll(async () => {
    const tools = writeProject(join(home.place, 'tools'), { 'package.json': { private: true } });
    await npmInstall(tools, ['pnpm@10', 'yarn@1']);
    programs = join(tools, 'node_modules', '.bin');
  });

  test.each(['pnpm run demo', 'pnpm demo', 'yarn demo', 'yarn run demo', 'npm run demo'])(
    'listens on its lease when it is started by `%s`',
    async (line) => {
      const command = line.split(' ');
      const project = copyExample('port-8000', join(home.place, command.join('-')));
      const env = { PATH: `${programs}${delimiter}${home.env['PATH']}` };
      // The port of the test's own row is a wish that always comes true, unlike 8000.
      const prefer = ['--type', 'dev', '--prefer', String(home.ports.first + 7)];
      const run = home.start(['run', ...prefer, '--', ...command], { cwd: project, env });
      const lease = await boundLease(home, run, project);
      expect(lease.port).toBe(home.ports.first + 7);
      expect(await textAt(lease.url)).toContain('<title>Port 8000</title>');
      await end(run, lease);
    },
  );
});
