import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { expectError } from '../../support/complaints.ts';
import { startProgram, styxyHome } from '../../support/home.ts';
import { isAlive, waitFor } from '../../support/processes.ts';

const has = (program: string, ...args: string[]) => spawnSync(program, args).status === 0;
const RECEIVER = `
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print('listens', flush=True)
while True: print(s.recv(4096).decode().split('\\n')[0], flush=True)
`;

describe.skipIf(process.platform !== 'linux')('`styxy service` with systemd', () => {
  const home = styxyHome();
  const unit = () => join(home.place, '.config', 'systemd', 'user', 'styxy.service');
  /** No manager of the machine's own is ever reached from here. */
  const options = () => ({ env: { XDG_RUNTIME_DIR: join(home.place, 'run'), STYXY_LOG: '5% of $HOME "x"' } });

  test('--dry-run prints the unit and writes nothing', async () => {
    const exit = await home.cli(['service', 'install', '--dry-run'], options());
    expect(exit.code, exit.story).toBe(0);
    expect(exit.stdout).toContain('"daemon" "run" "--service"');
    expect(exit.stdout).toContain(`Environment="STYXY_HOME=${home.path}"`);
    expect(existsSync(unit())).toBe(false);
    const status = await home.cli(['service', 'status', '--json'], options());
    expect([status.code, JSON.parse(status.stdout)]).toEqual([
      1,
      { manager: 'systemd', path: unit(), installed: false, enabled: null, active: null, pid: null },
    ]);
  });

  test('install writes a unit that systemd has nothing to say against, uninstall removes it', async ({
    skip,
  }) => {
    const install = await home.cli(['service', 'install'], options());
    expect(install.code, install.story).toBe(0);
    expect(install.stderr).toContain(`wrote ${unit()}`);
    expect(install.stderr).toContain('systemctl --user enable --now styxy.service');
    const again = await home.cli(['service', 'install', '--json'], options());
    expect(JSON.parse(again.stdout)).toEqual({
      installed: true,
      started: false,
      manager: 'systemd',
      path: unit(),
    });
    expect((await home.cli(['service', 'status'], options())).stdout).toContain(unit());
    const doctor = await home.cli(['doctor'], options());
    expect(doctor.stdout).toContain(`✓ service `);
    expect(doctor.stdout).toContain(unit());

    mkdirSync(join(home.place, 'run'), { mode: 0o700 });
    const verify = spawnSync('systemd-analyze', ['verify', '--user', unit()], {
      encoding: 'utf8',
      env: { ...home.env, ...options().env },
    });
    const said = `${verify.stdout ?? ''}${verify.stderr ?? ''}`;
    const text = readFileSync(unit(), 'utf8');

    const uninstall = await home.cli(['service', 'uninstall'], options());
    expect(uninstall.code, uninstall.story).toBe(0);
    expect(existsSync(unit())).toBe(false);
    expect((await home.cli(['service', 'uninstall'], options())).stderr).toContain('nothing is installed');
    if (verify.error) skip('systemd-analyze is not there');
    expect({ status: verify.status, said }, text).toEqual({ status: 0, said: '' });
  });

  test('a unit that somebody else wrote is neither overwritten nor removed', async () => {
    mkdirSync(dirname(unit()), { recursive: true });
    writeFileSync(unit(), '[Service]\nExecStart=/bin/true\n');
    for (const words of ['install', 'uninstall'])
      expectError(await home.cli(['service', words], options()), 77, 'FORBIDDEN');
    expect(readFileSync(unit(), 'utf8')).toContain('/bin/true');
  });

  test('the daemon it starts takes over from one that a command started, and gives signs of life', async ({
    skip,
  }) => {
    if (!has('python3', '--version') || !has('systemd-notify', '--version'))
      skip('needs python3 and systemd-notify');
    const { lock_id: id } = await home.json<{ lock_id: string }>([
      'allocate',
      '--type',
      'dev',
      '--ttl',
      '1h',
    ]);
    const first = home.daemon()!.pid;
    const socket = join(home.place, 'notify');
    const manager = startProgram(['python3', '-c', RECEIVER, socket], { env: home.env });
    onTestFinished(() => void manager.process.kill('SIGKILL'));
    await waitFor(() => manager.stdout().includes('listens'), 10_000, manager.stderr);

    const env = { NOTIFY_SOCKET: socket, WATCHDOG_USEC: '400000' };
    const service = home.start(['daemon', 'run', '--service'], { env });
    const told = (word: string) => manager.stdout().split(word).length - 1;
    /** What was sent before this message is told before it. */
    const allTold = (status: string) => {
      spawnSync('systemd-notify', [`--status=${status}`], { env: { ...process.env, NOTIFY_SOCKET: socket } });
      return waitFor(() => told(`STATUS=${status}`) === 1, 20_000, manager.stderr);
    };
    await waitFor(
      () => told('READY=1') === 1 && told('WATCHDOG=1') >= 2,
      20_000,
      () => manager.stdout(),
    );
    expect(isAlive(first)).toBe(false);
    expect(home.daemon()?.pid).toBe(service.pid);
    expect((await home.api.list()).allocations.map(({ lock_id }) => lock_id)).toEqual([id]);

    // A hung event loop gives no sign of life: that is what systemd goes by.
    service.process.kill('SIGSTOP');
    await waitFor(
      () => !home.processes().some(({ command }) => command.startsWith('systemd-notify')),
      20_000,
    );
    await allTold('stopped');
    const before = told('WATCHDOG=1');
    service.process.kill('SIGKILL');
    await service.finished();
    await allTold('ended');
    expect(told('WATCHDOG=1')).toBe(before);

    // What systemd then does: the next process finds the lease.
    const next = home.start(['daemon', 'run', '--service'], { env });
    await waitFor(() => told('READY=1') === 2, 20_000, next.stderr);
    expect((await home.api.list()).allocations.map(({ lock_id }) => lock_id)).toEqual([id]);
    next.process.kill('SIGTERM');
    expect((await next.finished()).code).toBe(0);
    await waitFor(() => told('STOPPING=1') === 1, 5000, 'the last word');
  });
});
