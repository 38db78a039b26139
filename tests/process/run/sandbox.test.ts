import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { styxyHome } from '../../support/home.ts';

const SANDBOX = fileURLToPath(new URL('../../support/programs/sandboxed.py', import.meta.url));
const isPossible = spawnSync('python3', [SANDBOX, 'all', 'true']).status === 0;
const ONE_LINE =
  /^styxy: warning: no daemon: this sandbox .*; running on port (\d+), which is not reserved\n$/;

describe.skipIf(!isPossible)("in an agent's sandbox (needs python3 and seccomp)", () => {
  const home = styxyHome();
  const within = (what: 'connect' | 'all', command: string[], options: string[] = []) =>
    home.cli(['run', ...options, '--', ...command], { via: ['python3', SANDBOX, what] });

  test.each(['connect', 'all'] as const)(
    'a command runs, with one line about it, where %s is not permitted',
    async (what) => {
      await home.cli(['daemon', 'start']);
      const exit = await within(what, ['sh', '-c', 'echo $PORT; exit 3'], ['--prefer', '8765']);
      expect(exit, exit.story).toMatchObject({ code: 3, stdout: '8765\n' });
      expect(exit.stderr).toMatch(ONE_LINE);
      const without = await within(what, ['sh', '-c', 'echo $PORT']);
      expect(without.stdout).toMatch(/^\d+\n$/);
      expect(without.code, without.story).toBe(0);
    },
  );

  test('several ports are different ones, and a server fails by its own words', async () => {
    const several = await within(
      'all',
      ['sh', '-c', 'echo $WEB_PORT $HMR_PORT'],
      ['--ports', 'web=dev,hmr=dev'],
    );
    const [web, hmr] = several.stdout.trim().split(' ');
    expect(several.code, several.story).toBe(0);
    expect(web).toMatch(/^\d+$/);
    expect(hmr).not.toBe(web);
    const server = await within('all', ['python3', '-m', 'http.server', '8765']);
    expect(server.stderr).toContain('Operation not permitted');
    expect(server.code).toBe(1);
  });
});
