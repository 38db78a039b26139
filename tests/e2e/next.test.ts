import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { messageOf } from '../../src/base/styxy-error.ts';
import { styxyHome } from '../support/home.ts';
import { npmInstall, writeProject } from './support/project.ts';
import { boundLease, end, textAt } from './support/servers.ts';

const INSTALL_LIMIT_MS = 150_000;

describe('a Next app', () => {
  const home = styxyHome();
  let project = '';
  let missing: string | undefined;

  beforeAll(async () => {
    project = writeProject(join(home.place, 'app'), {
      'package.json': { name: 'app', private: true, scripts: { dev: 'next dev' } },
      'app/layout.js': 'export default ({ children }) => <html><body>{children}</body></html>;\n',
      'app/page.js': 'export default () => <h1>A page of Next</h1>;\n',
    });
    await npmInstall(project, ['next', 'react', 'react-dom'], INSTALL_LIMIT_MS).catch((error: unknown) => {
      missing = messageOf(error);
    });
  });

  test('listens on its lease when `next dev` is started by a package script', async ({ skip }) => {
    skip(missing !== undefined, `next could not be installed: ${missing?.slice(0, 300)}`);
    // Not Next's own 3000, which tests beside this one may take.
    const port = home.ports.first;
    const run = home.start(['run', '--prefer', String(port), '--', 'npm', 'run', 'dev'], {
      cwd: project,
      env: { NEXT_TELEMETRY_DISABLED: '1' },
    });
    const lease = await boundLease(home, run, project, 90_000);
    expect(lease.port).toBe(port);
    expect(await textAt(lease.url)).toContain('A page of Next');
    await end(run, lease);
  });
});
