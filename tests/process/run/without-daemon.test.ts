import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { expectError, expectJsonError, expectUnreservedRun } from '../../support/complaints.ts';
import { styxyHome } from '../../support/home.ts';
import { isAlive, waitFor } from '../../support/processes.ts';

const TELL = ['sh', '-c', 'echo $PORT; exit 3'];
const ALONE = { STYXY_NO_DAEMON: '1' };

describe('without a daemon (STYXY_NO_DAEMON=1)', () => {
  const home = styxyHome();

  test('`run` runs the command on a free port, says that nothing guards it, and gives its exit code', async () => {
    const exit = await home.cli(['run', '--', ...TELL], { env: ALONE });
    expectUnreservedRun(exit, 3);
    expect(home.daemons()).toEqual([]);
    expect(existsSync(join(home.path, 'daemon.pid'))).toBe(false);
  });

  test("`run --wait` waits by the system's own word, and the child comes to its own end", async () => {
    const exit = await home.cli(['run', '--wait', '--', 'sh', '-c', 'sleep 0.5; echo done; exit 3'], {
      env: ALONE,
    });
    expect(exit, exit.story).toMatchObject({ code: 3, stdout: 'done\n' });
    const server =
      'require("http").createServer().listen(process.env.PORT); setTimeout(() => process.exit(4), 1500)';
    const bound = await home.cli(['run', '--wait', '--', process.execPath, '-e', server], { env: ALONE });
    expect(bound.stderr, bound.story).toContain('ready at http://localhost:');
    expect(bound.code, bound.story).toBe(4);
  });

  test('`run` gives the child every variable but a lock id', async () => {
    const exit = await home.cli(['run', '--name', 'web', '--', 'env'], { env: ALONE });
    const { PORT = '', ...variables } = Object.fromEntries(
      exit.stdout.split('\n').map((line) => line.split('=') as [string, string]),
    );
    expect(PORT).toMatch(/^\d+$/);
    expect(variables).toMatchObject({
      STYXY_PORT: PORT,
      STYXY_URL: `http://localhost:${PORT}`,
      STYXY_SERVICE: 'web',
    });
    expect(variables).not.toHaveProperty('STYXY_LOCK_ID');
  });

  test('`run --detach` says that nothing guards the port, even if it is to be quiet, and how to end it', async () => {
    const server = 'require("http").createServer().listen(process.env.PORT)';
    const words = ['run', '--detach', '--wait', '--quiet', '--name', 'alone', '--', process.execPath];
    const exit = await home.cli([...words, '-e', server], { env: ALONE });
    expect(exit.code, exit.story).toBe(0);
    expect(exit.stderr).toContain('no daemon: alone runs in the background');
    expect(exit.stderr).not.toContain('styxy stop');
    const [, pid = ''] = /kill (\d+) ends it/.exec(exit.stderr) ?? [];
    process.kill(Number(pid));
    await waitFor(() => !isAlive(Number(pid)), 10_000, 'the wrapper to end');
  });

  test('`run` does not choose a port that somebody listens on', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(home.ports.first, '127.0.0.1', resolve));
    const exit = await home.cli(['run', '--prefer', `${home.ports.first}`, '--', ...TELL], { env: ALONE });
    expectUnreservedRun(exit, 3);
    expect(exit.stdout).not.toBe(`${home.ports.first}\n`);
    const exact = await home.cli(['run', '--port', `${home.ports.first}`, '--', ...TELL], { env: ALONE });
    expectError(exact, 75, 'PORT_TAKEN');
    await new Promise((resolve) => server.close(resolve));
    const now = await home.cli(['run', '--port', `${home.ports.first}`, '--', ...TELL], { env: ALONE });
    expect(now.stdout, now.story).toBe(`${home.ports.first}\n`);
  });

  test.each([
    ['allocate', '--type', 'dev'],
    ['list'],
    ['check', '3000'],
    ['suggest'],
    ['release', '3000'],
    ['url'],
  ])('`%s` says that the daemon is not running, with exit code 69', async (...args) => {
    const words = args.filter((word) => word !== undefined);
    expectError(await home.cli(words, { env: ALONE }), 69, 'DAEMON_UNREACHABLE');
    expectJsonError(await home.cli([...words, '--json'], { env: ALONE }), 69, 'DAEMON_UNREACHABLE');
  });

  test('`status` and `daemon stop` start none either, with or without the variable', async () => {
    for (const env of [{}, ALONE]) {
      const status = await home.cli(['status'], { env });
      expect(status.code, status.story).toBe(1);
      expect(status.stdout).toMatch(/^not running/);
      const json = await home.cli(['daemon', 'status', '--json'], { env });
      expect(json.code, json.story).toBe(1);
      expect(JSON.parse(json.stdout)).toMatchObject({
        running: false,
        pid: null,
        uptime_ms: null,
        memory: null,
      });
      const stop = await home.cli(['daemon', 'stop'], { env });
      expect(stop.code, stop.story).toBe(0);
      expect(stop.stderr).toBe('the daemon was not running\n');
    }
    expect(home.daemons()).toEqual([]);
  });

  test('a daemon that is there is used all the same', async () => {
    const start = await home.cli(['daemon', 'start']);
    expect(start.code, start.story).toBe(0);
    const exit = await home.cli(['run', '--', ...TELL], { env: ALONE });
    expect({ code: exit.code, stderr: exit.stderr }, exit.story).toEqual({ code: 3, stderr: '' });
    expect(Number(exit.stdout)).toBeGreaterThanOrEqual(home.ports.first);
  });
});
