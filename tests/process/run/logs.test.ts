import {
  copyFileSync,
  existsSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectError } from '../../support/complaints.ts';
import { BIN, styxyHome } from '../../support/home.ts';
import { waitFor } from '../../support/processes.ts';
import { portServer } from '../../support/port-server.ts';
import { gatedService } from '../../support/services.ts';
import { shellQuote } from '../../support/wrapper.ts';

const NODE = process.execPath;

describe('`styxy logs`', () => {
  const home = styxyHome();
  let log = '';
  beforeAll(async () => {
    const script =
      'for (let i = 1; i <= 5; i++) console.log("line " + i); console.error("careful"); setInterval(() => {}, 1e5)';
    const words = ['run', '--detach', '--name', 'web', '--', NODE, '-e', script];
    ({ log } = await home.json<{ log: string }>(words));
    await waitFor(() => readFileSync(log, 'utf8').includes('careful'));
  });

  test('prints what a service in the background has said, on whatever stream', async () => {
    const exit = await home.cli(['logs', 'web']);
    expect(exit.stdout, exit.story).toBe('line 1\nline 2\nline 3\nline 4\nline 5\ncareful\n');
    expect(exit.stderr).toBe('');
    expect((await home.cli(['logs', 'web', '--lines', '2'])).stdout).toBe('line 5\ncareful\n');
    expect(await home.json(['logs', 'web', '--lines', '1'])).toEqual({
      service_name: 'web',
      log,
      lines: ['careful'],
    });
    expect(statSync(log).mode & 0o777).toBe(0o600);
    expect(log.startsWith(`${home.path}/logs/services/web-`)).toBe(true);
  });

  test('--follow goes on with what is added, also when the file is begun anew, until it is interrupted', async () => {
    const following = home.start(['logs', 'web', '--lines', '1', '--follow']);
    await waitFor(() => following.stdout() === 'careful\n', 20_000, following.stdout);
    const added = (text: string) => writeFileSync(log, text, { flag: 'a' });
    added('more\nno end');
    await waitFor(() => following.stdout() === 'careful\nmore\nno end', 20_000, following.stdout);
    truncateSync(log);
    added('new\n');
    await waitFor(() => following.stdout().endsWith('no endnew\n'), 20_000, following.stdout);
    following.process.kill('SIGINT');
    expect((await following.finished()).signal).toBe('SIGINT');
  });

  test('a service that says much keeps a log of bounded size while it runs', async () => {
    const script =
      'const line = "x".repeat(1023) + "\\n"; for (let i = 0; i < 11 * 1024; i++) process.stdout.write(line); ' +
      'let i = 0; setInterval(() => console.log("tick " + i++), 20)';
    const words = ['run', '--detach', '--name', 'chatty', '--', NODE, '-e', script];
    const { log: long } = await home.json<{ log: string }>(words);
    await waitFor(() => existsSync(`${long}.1`), 30_000, 'the log to be begun anew');
    const ticks = async () => (await home.cli(['logs', 'chatty', '--lines', '1'])).stdout;
    await waitFor(async () => (await ticks()).startsWith('tick '), 10_000, 'what it says afterwards');
    expect(statSync(long).size).toBeLessThan(1024 * 1024);
    expect(statSync(`${long}.1`).size).toBeGreaterThan(10 * 1024 * 1024);
    expect((await home.cli(['stop', 'chatty'])).code).toBe(0);
  });

  test('of a service that goes on under another daemon says once that it listens', async () => {
    const words = ['run', '--detach', '--wait', '--name', 'once', '--', NODE, portServer];
    const { log: own, lock_id: id } = await home.json<{ log: string; lock_id: string }>(words);
    const isBound = async () =>
      (await home.api.list().catch(() => undefined))?.allocations.some(
        ({ lock_id: each, state }) => each === id && state === 'bound',
      );
    for (const kills of [1, 2]) {
      await home.killDaemon();
      await waitFor(isBound, 20_000, `a daemon that sees it listen after kill ${kills}`);
    }
    // What the last daemon has told is in the log when the service has ended.
    expect((await home.cli(['stop', 'once'])).code).toBe(0);
    expect(readFileSync(own, 'utf8').match(/listens on/g)).toHaveLength(1);
  });

  test.each([['one service', 'web'], ['all services']])(
    '--follow of %s ends when nobody reads it any more',
    async (_, ...names) => {
      const words = shellQuote([NODE, BIN, 'logs', ...names, '--follow']);
      const run = home.start([], { via: ['bash', '-c', `${words} | head -n 1 >/dev/null; echo over`] });
      const timer = setInterval(() => writeFileSync(log, 'again\n', { flag: 'a' }), 50);
      expect((await run.finished()).stdout).toBe('over\n');
      clearInterval(timer);
    },
  );

  test('--follow shows the end of what a log had before it was begun anew', async () => {
    const following = home.start(['logs', 'web', '--lines', '1', '--follow']);
    await waitFor(() => following.stdout() !== '', 20_000, following.stdout);
    // Stopped, it sees both at once.
    following.process.kill('SIGSTOP');
    writeFileSync(log, 'the end of the old\n', { flag: 'a' });
    copyFileSync(log, `${log}.1`);
    truncateSync(log);
    writeFileSync(log, 'new\n', { flag: 'a' });
    following.process.kill('SIGCONT');
    await waitFor(() => following.stdout().endsWith('the end of the old\nnew\n'), 20_000, following.stdout);
    following.process.kill('SIGINT');
    await following.finished();
    rmSync(`${log}.1`);
  });

  test('of a service that was not started with --detach says why there is nothing, and what to do', async () => {
    const never = await home.cli(['logs', 'never']);
    expectError(never, 1, 'NOT_LOGGED');
    expect(never.stderr).toContain(`${home.place} has never started it with --detach`);
    expect(never.stderr).toContain('try: styxy run --detach --name never -- <command>');
    const service = gatedService(home, 'front');
    service.open();
    const run = home.start(['run', '--name', 'front', '--', ...service.command()]);
    const lease = await service.bound();
    const exit = await home.cli(['logs', 'front']);
    expectError(exit, 1, 'NOT_LOGGED');
    expect(exit.stderr).toContain(`it runs (pid ${lease.process_id}) without --detach`);
    run.process.kill('SIGTERM');
    await run.finished();
  });

  test('keeps what was said before, and begins a very long file anew at the next start', async () => {
    expect((await home.cli(['stop', 'web'])).code).toBe(0);
    writeFileSync(log, Buffer.alloc(10 * 1024 * 1024 + 1, 'long ago\n'));
    const words = ['run', '--detach', '--name', 'web', '--'];
    const exit = await home.cli([...words, NODE, '-e', 'console.log("anew"); setInterval(() => {}, 1e5)']);
    expect(exit.code, exit.story).toBe(0);
    await waitFor(() => readFileSync(log, 'utf8') === 'anew\n');
    expect(statSync(`${log}.1`).size).toBe(10 * 1024 * 1024 + 1);
    expect((await home.cli(['stop', 'web'])).code).toBe(0);
  });
});
