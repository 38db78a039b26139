import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { BIN, styxyHome, type Running } from '../../support/home.ts';
import { isAlive, waitFor } from '../../support/processes.ts';
import { shellQuote } from '../../support/wrapper.ts';

describe('`styxy daemon start`', () => {
  const home = styxyHome();

  test('leaves no file of the caller open in the daemon, of whatever number', async () => {
    // Whoever reads this pipe waits until nobody has its other end any more.
    const words = shellQuote([process.execPath, BIN, 'daemon', 'start']);
    const reader = `exec 20> >(cat; echo closed); ${words} >&2; exec 20>&-; wait $!`;
    const exit = await home.start([], { via: ['bash', '-c', reader] }).finished();
    expect(exit.stdout, exit.story).toBe('closed\n');
    expect(isAlive(home.daemon()?.pid ?? -1)).toBe(true);
  });
});

describe('`styxy daemon run`', () => {
  const home = styxyHome();

  async function startDaemon(): Promise<Running> {
    const daemon = home.start(['daemon', 'run']);
    await waitFor(
      async () => (await home.api.status().catch(() => undefined))?.pid === daemon.pid,
      15_000,
      () => `the daemon to answer: ${daemon.stderr()}`,
    );
    return daemon;
  }

  /** Every file of the home with what it is and what is in it. */
  const files = () =>
    readdirSync(home.path, { recursive: true, encoding: 'utf8' })
      .toSorted()
      // The first daemon itself goes on writing the one; the other is what V8 has compiled of the program.
      .filter((name) => name !== 'audit.log' && !name.startsWith('cache'))
      .map((name) => {
        const path = join(home.path, name);
        const { ino, mtimeMs, mode, size } = statSync(path);
        const isPlain = statSync(path).isFile();
        return { name, ino, mtimeMs, mode, size, text: isPlain ? readFileSync(path, 'latin1') : null };
      });

  test.each(['SIGTERM', 'SIGINT'] as const)(
    'exits 0 at %s, on a fresh install too, and leaves neither pid file nor socket',
    async (signal) => {
      const daemon = await startDaemon();
      const { socket } = home.daemon()!;
      expect(existsSync(socket)).toBe(true);
      daemon.process.kill(signal);
      const exit = await daemon.finished();
      expect({ code: exit.code, stdout: exit.stdout }, exit.story).toEqual({ code: 0, stdout: '' });
      expect(existsSync(socket)).toBe(false);
      expect(existsSync(join(home.path, 'daemon.pid'))).toBe(false);
    },
  );

  test('exits 0 at SIGTERM while it still starts, and leaves neither pid file nor socket', async () => {
    for (let round = 0; round < 5; round++) {
      const daemon = home.start(['daemon', 'run']);
      await waitFor(() => home.daemon()?.pid === daemon.pid, 15_000, daemon.stderr);
      daemon.process.kill('SIGTERM');
      const exit = await daemon.finished();
      expect(exit.code, exit.story).toBe(0);
      expect(existsSync(join(home.path, 'daemon.pid'))).toBe(false);
      expect(existsSync(join(home.path, 'daemon.sock'))).toBe(false);
    }
  });

  test('exits 0 at SIGTERM in the middle of requests and an open connection, and keeps what it has acknowledged', async () => {
    const daemon = await startDaemon();
    const idle = connect(home.daemon()!.socket);
    idle.on('error', () => {});
    const acknowledged: string[] = [];
    let asking = true;
    const askers = Array.from({ length: 4 }, async () => {
      while (asking) {
        const lease = await home.api.allocate({ ttl_ms: 600_000 }).catch(() => undefined);
        if (!lease) return;
        acknowledged.push(`${lease.lock_id} ${lease.port}`);
      }
    });
    await waitFor(() => acknowledged.length > 20, 10_000, '20 leases');
    daemon.process.kill('SIGTERM');
    const exit = await daemon.finished();
    asking = false;
    await Promise.all(askers);
    idle.destroy();
    expect(exit.code, exit.story).toBe(0);

    const next = await startDaemon();
    const { allocations } = await home.api.list();
    const present = allocations.map(({ lock_id, port }) => `${lock_id} ${port}`);
    expect(present.toSorted()).toEqual(acknowledged.toSorted());
    for (const { lock_id } of allocations) await home.api.release(lock_id);
    next.process.kill('SIGTERM');
    await next.finished();
  });

  test('goes on at SIGHUP', async () => {
    const daemon = await startDaemon();
    daemon.process.kill('SIGHUP');
    for (let turn = 0; turn < 20; turn++) expect((await home.api.status()).pid).toBe(daemon.pid);
    daemon.process.kill('SIGTERM');
    expect((await daemon.finished()).code).toBe(0);
  });

  test('refuses beside a running daemon: clear words, non-zero code, no file touched', async () => {
    const first = await startDaemon();
    await home.api.allocate({ ttl_ms: 600_000, service_name: 'kept', project_path: home.place });
    const before = files();
    const second = await home.cli(['daemon', 'run']);
    expect(second.code, second.story).toBe(1);
    expect(second.stdout).toBe('');
    expect(second.stderr).toMatch(/^styxy: error\[DAEMON_RUNNING\]: a daemon runs already/);
    expect(second.stderr).toContain(String(first.pid));
    expect(second.stderr).toContain('try:');
    expect(files()).toEqual(before);
    expect(isAlive(first.pid)).toBe(true);
    const status = await home.json<{ pid: number; allocations: number }>(['status']);
    expect(status).toMatchObject({ pid: first.pid, allocations: 1 });
    first.process.kill('SIGTERM');
    await first.finished();
  });

  test('keeps its home to its user: folder 0700, socket, token, state and pid file 0600', async () => {
    const daemon = await startDaemon();
    await home.api.allocate({ ttl_ms: 600_000 });
    const mode = (name: string) => statSync(join(home.path, name)).mode & 0o777;
    expect(mode('.')).toBe(0o700);
    for (const name of ['daemon.sock', 'auth.token', 'daemon.state', 'daemon.pid', 'logs/daemon.log']) {
      expect({ name, mode: mode(name).toString(8) }).toEqual({ name, mode: '600' });
    }
    daemon.process.kill('SIGTERM');
    await daemon.finished();
  });
});

describe('`styxy daemon restart`', () => {
  const home = styxyHome();

  test('hands over to a new process: leases stay, and so does what runs', async () => {
    const run = home.start(['run', '--name', 'web', '--', 'sleep', '90']);
    await waitFor(
      async () => (await home.api.list().catch(() => undefined))?.allocations.length === 1,
      20_000,
    );
    const [before] = (await home.api.list()).allocations;
    const first = home.daemon()?.pid;
    const restarted = await home.json<{ pid: number; previous_pid: number }>(['daemon', 'restart']);
    expect(restarted.previous_pid).toBe(first);
    expect(restarted.pid).not.toBe(first);
    const [after] = (await home.api.list()).allocations;
    expect(after).toMatchObject({ lock_id: before?.lock_id, port: before?.port });
    expect(isAlive(run.pid)).toBe(true);
    run.process.kill('SIGTERM');
    await run.finished();
    await waitFor(async () => (await home.api.list()).allocations.length === 0, 5000, 'the lease to end');
  });
});
