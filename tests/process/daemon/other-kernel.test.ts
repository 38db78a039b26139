import { execFileSync, spawnSync } from 'node:child_process';
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { expectError, expectUnreservedRun } from '../../support/complaints.ts';
import { styxyHome } from '../../support/home.ts';
import { openMountSpace, type MountSpace } from '../../support/mount-space.ts';

describe.skipIf(process.platform !== 'linux')('a home on a disk that another kernel shares', () => {
  const home = styxyHome();

  /** What another machine sees: its own boot and name, and for our socket a file behind which nobody listens. */
  async function otherKernel(): Promise<MountSpace | string> {
    const own = mkdtempSync(join(home.place, 'second-'));
    const script = `require('net').createServer().listen('${own}/dead.sock', () => process.kill(process.pid, 'SIGKILL'))`;
    spawnSync(process.execPath, ['-e', script]);
    return openMountSpace(
      [
        `cp -a /etc ${own}/etc; rm -f ${own}/etc/machine-id; echo second > ${own}/etc/machine-id`,
        `mount --bind ${own}/etc /etc`,
        `echo 11111111-2222-4333-8444-555555555555 > ${own}/boot`,
        `mount --bind ${own}/boot /proc/sys/kernel/random/boot_id`,
        `mount --bind ${own}/dead.sock ${home.path}/daemon.sock`,
      ].join('; '),
    );
  }

  /** Every file with its content, but for compiled code, which is about no machine. */
  const files = (): Record<string, string> =>
    Object.fromEntries(
      readdirSync(home.path, { recursive: true, encoding: 'utf8' })
        .filter((name) => !name.startsWith('cache'))
        .toSorted()
        .map((name) => [name, lstatSync(join(home.path, name))] as const)
        .map(([name, stat]) => [
          name,
          `${stat.ino} ${stat.mode} ${stat.isFile() ? readFileSync(join(home.path, name), 'utf8') : ''}`,
        ]),
    );

  const REFUSED: [string[], number][] = [
    [['list'], 74],
    [['status'], 74],
    [['allocate', '--type', 'dev'], 74],
    [['stop', 'web'], 74],
    [['daemon', 'start'], 74],
    [['daemon', 'run'], 74],
    [['daemon', 'restart'], 74],
    [['daemon', 'stop'], 74],
  ];

  test('is refused to the second one, which is told, and finds every file as it was', async ({ skip }) => {
    const lease = await home.api.allocate({ ttl_ms: 600_000 }).catch(async () => {
      await home.cli(['daemon', 'start']);
      return home.api.allocate({ ttl_ms: 600_000 });
    });
    // A daemon of another network of the first machine, too.
    mkdirSync(join(home.path, 'net-7'), { mode: 0o700 });
    writeFileSync(join(home.path, 'net-7', 'notes'), 'x');
    execFileSync('touch', ['-d', '3 days ago', join(home.path, 'net-7')]);
    const space = await otherKernel();
    if (typeof space === 'string') {
      skip(space);
      return;
    }
    const before = files();
    for (const [args, code] of REFUSED) {
      const exit = await home.cli(args, { via: space.via(home.place) });
      expectError(exit, code, 'STATE_UNWRITABLE');
      expect(exit.stderr).toContain('in use by another machine');
    }
    expectUnreservedRun(
      await home.cli(['run', '--', 'sh', '-c', 'echo $PORT; exit 3'], { via: space.via(home.place) }),
      3,
    );
    const doctor = await home.cli(['doctor'], { via: space.via(home.place) });
    expect(doctor.stdout).toContain('runs on another machine');
    expect(files()).toEqual(before);
    expect((await home.api.list()).allocations.map(({ lock_id }) => lock_id)).toEqual([lease.lock_id]);
  });

  test('is refused also where the only daemon is that of a network of its own', async ({ skip }) => {
    const space = await otherKernel();
    if (typeof space === 'string') {
      skip(space);
      return;
    }
    const text = readFileSync(join(home.path, 'daemon.pid'));
    const pid = home.daemon()?.pid ?? -1;
    await home.cli(['daemon', 'stop']);
    writeFileSync(join(home.path, 'net-7', 'daemon.pid'), text);
    const before = files();
    const exit = await home.cli(['list'], { via: space.via(home.place) });
    expectError(exit, 74, 'STATE_UNWRITABLE');
    expect(exit.stderr).toContain(`pid ${pid}`);
    expect(files()).toEqual(before);
  });
});
