import { cpSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { BIN, startProgram, styxyHome } from '../../support/home.ts';
import { isAlive, waitFor } from '../../support/processes.ts';
import { portServer, serverOf } from '../../support/port-server.ts';
import { tempDir } from '../../support/temp.ts';

const home = styxyHome();

/** An installed Styxy of the test's own: `npm ci` is about to remove it. */
function installed() {
  const folder = tempDir('styxy-installed-');
  const from = dirname(dirname(BIN));
  for (const part of ['bin', 'dist', 'package.json']) {
    cpSync(join(from, part), join(folder.path, part), { recursive: true });
  }
  return {
    remove: () => rmSync(folder.path, { recursive: true }),
    start: (...args: string[]) =>
      startProgram([process.execPath, join(folder.path, 'bin/styxy.js'), ...args], {
        cwd: home.place,
        env: home.env,
      }),
  };
}

test('a run and its daemon, from an installation that is removed meanwhile, go on', async () => {
  const { start, remove } = installed();
  const script = 'echo up; until [ -e gate ]; do sleep 0.05; done; exit 3';
  const failing = start('run', '--name', 'failing', '--', 'sh', '-c', script);
  const serving = start(
    'run',
    '--name',
    'serving',
    '--',
    'sh',
    '-c',
    `${process.execPath} ${portServer} & wait`,
  );
  await waitFor(() => failing.stdout().includes('up'), 20_000, 'the command to start');
  const server = await serverOf(serving);
  remove();
  expect((await home.cli(['run', '--', 'touch', join(home.place, 'gate')])).code).toBe(0);
  const exit = await failing.finished();
  expect([exit.code, exit.stderr]).toEqual([3, '']);
  serving.process.kill('SIGTERM');
  expect((await serving.finished()).signal).toBe('SIGTERM');
  expect(isAlive(server.pid)).toBe(false);
  expect((await home.cli(['metrics'])).code).toBe(0);
  expect((await home.cli(['list', '--json'])).stdout).toContain('"allocations": []'.replaceAll(' ', ''));
});
