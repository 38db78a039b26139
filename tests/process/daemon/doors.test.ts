import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { expectError, expectUnreservedRun } from '../../support/complaints.ts';
import { startTestDaemon } from '../../support/daemon.ts';
import { styxyHome } from '../../support/home.ts';
import { startOutsider } from '../../support/outsider.ts';
import { portServer, serverOf } from '../../support/port-server.ts';
import { claimPorts } from '../../support/ports.ts';
import { waitFor } from '../../support/processes.ts';

const statusOf = (host: string, port: number): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const asked = request({ host, port, path: '/status' });
    asked.once('error', reject).once('response', (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    asked.end();
  });

describe.skipIf(process.platform === 'win32')('SIGUSR1', () => {
  const home = styxyHome();
  /** What Node says, and to whom it listens, when it opens a debugger. */
  const DEBUGGER = /debugger/i;

  test('opens no debugger in the daemon', async () => {
    await using daemon = await startTestDaemon();
    for (let round = 0; round < 3; round += 1) {
      process.kill(daemon.pid, 'SIGUSR1');
      await daemon.coordinator.status();
    }
    expect((await daemon.end('SIGTERM')).code).toBe(0);
    expect(daemon.said()).not.toMatch(DEBUGGER);
  });

  test('opens none in a wrapper, and reaches its command', async () => {
    const run = home.start([
      'run',
      '--',
      process.execPath,
      '-e',
      `
      process.on('SIGUSR1', () => { console.log('heard'); process.exit(0); });
      console.log('ready');
      setInterval(() => {}, 1000);
    `,
    ]);
    await waitFor(
      () => run.stdout().includes('ready'),
      20_000,
      () => `the command: ${run.stderr()}`,
    );
    process.kill(run.pid, 'SIGUSR1');
    const exit = await run.finished();
    expect(exit.stdout, exit.story).toBe('ready\nheard\n');
    expect(exit.stderr).not.toMatch(DEBUGGER);
  });

  test('opens none in a command that goes on', async () => {
    const watching = home.start(['list', '--watch', '--json']);
    await waitFor(
      () => watching.stdout().includes('\n'),
      20_000,
      () => `a list: ${watching.stderr()}`,
    );
    process.kill(watching.pid, 'SIGUSR1');
    // A lease makes it print another one: by then the signal was handled.
    await home.api.allocate({ ttl_ms: 60_000 });
    await waitFor(() => watching.stdout().split('\n').length > 2, 20_000, 'another list');
    watching.process.kill('SIGTERM');
    expect((await watching.finished()).stderr).not.toMatch(DEBUGGER);
  });
});

describe("the daemon's TCP port", () => {
  test('is taken on both addresses of loopback', async () => {
    await using block = await claimPorts();
    await using daemon = await startTestDaemon({ httpPort: block.first });
    expect((await daemon.coordinator.status()).http_port).toBe(block.first);
    expect(await statusOf('127.0.0.1', block.first)).toBe(401);
    expect(await statusOf('::1', block.first)).toBe(401);
  });

  test.each(['::1', '127.0.0.1'])('is not used when another program has it on %s', async (address) => {
    await using block = await claimPorts();
    await startOutsider(block.first, address, true);
    await using daemon = await startTestDaemon({ httpPort: block.first });
    const { http_port, notices } = await daemon.coordinator.status();
    expect(http_port).toBe(null);
    expect(notices).toContainEqual(
      expect.stringContaining(`port ${block.first} is taken by another program`),
    );
    const other = address === '::1' ? '127.0.0.1' : '::1';
    await expect(statusOf(other, block.first)).rejects.toThrow('ECONNREFUSED');
  });
});

describe.skipIf(process.platform !== 'linux')('what the first command has set for itself', () => {
  const home = styxyHome();
  const limitOf = (pid: number, name: string): string[] | undefined =>
    new RegExp(`^${name} +(\\S+) +(\\S+)`, 'm').exec(readFileSync(`/proc/${pid}/limits`, 'utf8'))?.slice(1);

  test('does not stay with the daemon: limits, priority, umask', async () => {
    const own =
      'ulimit -S -t 100; ulimit -S -f 4000000; ulimit -S -v 40000000; umask 000; exec prlimit --nproc=900: nice -n 5 "$@"';
    const exit = await home.cli(['list'], { via: ['sh', '-c', own, 'sh'] });
    expect(exit.code, exit.story).toBe(0);
    const pid = home.daemon()?.pid ?? -1;
    for (const name of ['Max cpu time', 'Max file size', 'Max address space', 'Max processes']) {
      const [soft, hard] = limitOf(pid, name) ?? [];
      expect(soft, name).toBe(hard);
    }
    expect(readFileSync(`/proc/${pid}/status`, 'utf8')).toMatch(/^Umask:\s*0077$/m);
    const nice = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')[16];
    if (process.getuid?.() === 0) expect(nice).toBe('0');
    expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).not.toContain('LIMITS=');
  });

  test('does not stay with the daemon: STYXY_SKIP_AUTH, unless the daemon itself was asked for', async () => {
    await home.cli(['daemon', 'stop']);
    const port = home.ports.last;
    const env = { STYXY_SKIP_AUTH: 'true', STYXY_HTTP_PORT: String(port) };
    expect((await home.cli(['list'], { env })).code).toBe(0);
    expect(await statusOf('127.0.0.1', port)).toBe(401);
    expect((await home.cli(['daemon', 'restart'], { env })).code).toBe(0);
    expect(await statusOf('127.0.0.1', port)).toBe(200);
    await home.cli(['daemon', 'stop']);
  });
});

describe.skipIf(process.platform !== 'linux')('a daemon without files left to open', () => {
  const home = styxyHome();

  test('says so at once, keeps its leases, and goes on when there are some again', async () => {
    const run = home.start(['run', '--name', 'web', '--', process.execPath, portServer]);
    const { port } = await serverOf(run);
    const pid = home.daemon()?.pid ?? -1;
    execFileSync('prlimit', ['--pid', String(pid), '--nofile=72:72']);
    // By the time that another command has run, the daemon has looked at its limit again.
    await home.cli(['status']);
    const sockets: Socket[] = [];
    onTestFinished(() => sockets.forEach((socket) => socket.destroy()));
    const occupy = async (): Promise<void> => {
      while (sockets.length < 60)
        sockets.push(connect(`${home.path}/daemon.sock`).on('error', () => undefined));
      await expect
        .poll(() => home.api.status().catch((error: unknown) => String(error)))
        .toContain('no room');
    };
    await occupy();
    const refused = await home.cli(['list']);
    expectError(refused, 69, 'DAEMON_UNREACHABLE');
    expect(refused.stderr).toContain('no room for another connection');
    const ran = await home.cli(['run', '--', 'sh', '-c', 'echo $PORT; exit 3']);
    expectUnreservedRun(ran, 3);

    for (const socket of sockets) socket.destroy();
    await expect
      .poll(() =>
        home.api.status().then(
          ({ pid: now }) => now,
          () => 0,
        ),
      )
      .toBe(pid);
    expect((await home.api.list()).allocations.map((each) => each.port)).toEqual([port]);
    run.process.kill('SIGTERM');
    await run.finished();
  });
});
