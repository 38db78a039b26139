import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { expectError } from '../../support/complaints.ts';
import { BIN, styxyHome } from '../../support/home.ts';
import { startProgram } from '../../support/start-program.ts';

describe('in a folder that was removed', () => {
  const home = styxyHome();
  const inRemoved = (name: string, args: readonly string[], env = {}) => {
    const folder = join(home.place, name);
    mkdirSync(folder);
    const script = 'rmdir "$PWD"; exec "$@"';
    const words = ['sh', '-c', script, 'sh', process.execPath, BIN, ...args];
    return startProgram(words, { cwd: folder, env: { ...home.env, PWD: folder, ...env } }).finished();
  };

  test('`run` still runs the command, as a shell would', async () => {
    const exit = await inRemoved('a', ['run', '--', 'sh', '-c', 'echo "port $PORT"; exit 3']);
    expect(exit.code, exit.story).toBe(3);
    expect(exit.stdout).toMatch(/^port \d+\n$/);
  });

  test('`run --detach` starts it as well', async () => {
    const exit = await inRemoved('b', ['run', '--detach', '--name', 'kept', '--', 'sleep', '60']);
    expect(exit.code, exit.story).toBe(0);
    const { allocations } = await home.json<{ allocations: { service_name: string; port: number }[] }>([
      'list',
    ]);
    const kept = allocations.find(({ service_name: name }) => name === 'kept');
    expect((await home.cli(['stop', String(kept?.port)])).code).toBe(0);
  });

  test('`doctor` says so among all else', async () => {
    const exit = await inRemoved('c', ['doctor', '--json']);
    const { checks } = JSON.parse(exit.stdout) as { checks: { name: string; detail: string }[] };
    expect(checks.find(({ name }) => name === 'current folder')?.detail, exit.story).toBe(
      `${join(home.place, 'c')} was removed`,
    );
  });

  test.each([
    'run',
    'run dev',
    'up',
    'init',
    'env',
    'config trust',
    'hook install --agent codex --scope project',
  ])('`%s`, which works on the project there, is refused', async (line) => {
    const exit = await inRemoved('gone', line.split(' '));
    expectError(exit, 64, 'USAGE');
    expect(exit.stderr).toContain('error[USAGE]: the current folder was removed');
  });

  test('a path that starts there is refused', async () => {
    const exit = await inRemoved('d', ['run', '--', 'true'], { STYXY_HOME: 'relative' });
    expect(exit.code, exit.story).toBe(64);
    expect(exit.stderr).toContain('error[USAGE]: the current folder was removed');
  });
});
