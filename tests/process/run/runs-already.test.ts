import { expect, test } from 'vitest';
import { styxyHome } from '../../support/home.ts';
import { portServer, serverOf } from '../../support/port-server.ts';

const home = styxyHome();
const NODE = process.execPath;
const FAILS = ['--', NODE, '-e', 'console.error("only one of me"); process.exit(3)'];

test('a command that fails at its start while its service runs in the worktree is told of that one', async () => {
  const alone = await home.cli(['run', '--name', 'web', ...FAILS]);
  expect([alone.code, alone.stderr]).toEqual([3, 'only one of me\n']);
  const running = home.start(['run', '--name', 'web', '--', NODE, portServer]);
  const { port } = await serverOf(running);
  await home.json(['wait', 'web']);
  const second = await home.cli(['run', '--name', 'web', ...FAILS]);
  expect(second.code).toBe(3);
  expect(second.stderr).toContain(`web runs already in this worktree: http://localhost:${port} (pid `);
  expect(second.stderr).toContain('--if-running reuse');
  const other = await home.cli(['run', '--name', 'api', ...FAILS]);
  expect([other.code, other.stderr]).toEqual([3, 'only one of me\n']);
  running.process.kill('SIGTERM');
  await running.finished();
});
