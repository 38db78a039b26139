import { execFileSync } from 'node:child_process';
import {
  existsSync,
  chmodSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { systemCode } from '../../../src/base/styxy-error.ts';
import { sealRecord } from '../../../src/system/files/sealed-log.ts';
import { expectError, expectUnreservedRun } from '../../support/complaints.ts';
import { styxyHome, type Running } from '../../support/home.ts';
import { tempDir } from '../../support/temp.ts';

const WAIT_FOR_ANOTHER_MS = 10_000;

/** Somebody may write a file there meanwhile. */
function removeInUse(path: string, tries = 20): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch (error) {
    if (systemCode(error) !== 'ENOTEMPTY' || tries === 0) throw error;
    removeInUse(path, tries - 1);
  }
}

describe.skipIf(process.platform !== 'linux')('a home that is taken away under live runs', () => {
  const home = styxyHome();
  const config = (): void =>
    writeFileSync(
      join(home.path, 'config.json'),
      JSON.stringify({ service_types: { dev: { port_range: [home.ports.first, home.ports.last] } } }),
    );

  /** Runs that never listen: nothing but their leases keeps their ports from others. */
  function startRuns(names: readonly string[]): Running[] {
    return names.map((name) =>
      home.start(['run', '--name', name, '--', 'sh', '-c', 'echo $PORT; exec sleep 600']),
    );
  }
  async function portsOf(runs: readonly Running[]): Promise<number[]> {
    await expect.poll(() => runs.every((run) => run.stdout().includes('\n')), { timeout: 30_000 }).toBe(true);
    return runs.map((run) => Number(run.stdout()));
  }
  const listed = async (): Promise<{ port: number; lock_id: string }[]> =>
    (await home.api.list().catch(() => ({ allocations: [] }))).allocations
      .map(({ port, lock_id }) => ({ port, lock_id }))
      .toSorted((a, b) => a.port - b.port);

  const WAYS: Readonly<Record<string, (path: string) => void>> = {
    removed: removeInUse,
    moved(path) {
      renameSync(path, `${path}.moved`);
      onTestFinished(() => rmSync(`${path}.moved`, { recursive: true, force: true }));
    },
    'replaced by an empty one': (path) => {
      removeInUse(path);
      mkdirSync(path, { mode: 0o700 });
    },
  };

  test.each(Object.keys(WAYS))('(%s) loses no lease, and no port is given twice', async (way) => {
    const before = startRuns(['a', 'b', 'c']);
    const ports = await portsOf(before);
    const leases = await listed();
    WAYS[way]!(home.path);
    const after = startRuns(['d', 'e', 'f']);
    const all = [...ports, ...(await portsOf(after))];
    expect(new Set(all).size, String(all)).toBe(6);
    await expect
      .poll(async () => (await listed()).map(({ port }) => port), { timeout: WAIT_FOR_ANOTHER_MS })
      .toEqual(all.toSorted((a, b) => a - b));
    // The same leases, not others of the same port.
    expect(await listed()).toEqual(expect.arrayContaining(leases));
    for (const run of [...before, ...after]) run.process.kill('SIGTERM');
    for (const run of [...before, ...after]) await run.finished();
    await expect.poll(listed, { timeout: WAIT_FOR_ANOTHER_MS }).toEqual([]);
    config();
  });
});

describe.skipIf(process.platform !== 'linux')('what stands in the place of a file of ours', () => {
  const home = styxyHome();
  beforeEach(async () => {
    await home.cli(['daemon', 'stop']);
    rmSync(join(home.path, 'backups'), { recursive: true, force: true });
  });

  const FILES = [
    'config.json',
    'daemon.state',
    'daemon.state.new',
    'daemon.pid',
    'daemon.starting',
    'auth.token',
    'audit.log',
    'logs/daemon.log',
  ];
  const KINDS: Readonly<Record<string, (path: string) => void>> = {
    'a pipe': (path) => void execFileSync('mkfifo', [path]),
    'a link to a device': (path) => symlinkSync('/dev/zero', path),
  };
  const cases = FILES.flatMap((file) => Object.keys(KINDS).map((kind) => ({ file, kind })));

  const put = (file: string, kind: string): string => {
    const path = join(home.path, file);
    rmSync(path, { force: true });
    KINDS[kind]!(path);
    return path;
  };
  const movedAway = (): string[] => {
    const backups = join(home.path, 'backups');
    return existsSync(backups) ? readdirSync(backups).filter((name) => name.includes('.irregular-')) : [];
  };

  test.each(cases)('is moved to the backups: $kind for $file', async ({ file, kind }) => {
    const path = put(file, kind);
    const run = await home.cli(['run', '--', 'sh', '-c', 'exit 3']);
    expect({ code: run.code, stderr: run.stderr }, run.story).toEqual({ code: 3, stderr: '' });
    // This one is a lock of clients that start a daemon: the next one takes its place.
    expect(movedAway()).toHaveLength(file === 'daemon.starting' ? 0 : 1);
    if (file === 'config.json') rmSync(path, { force: true });
  });

  test.each(Object.keys(KINDS))(
    'keeps no command waiting, before any daemon has looked after it: %s',
    async (kind) => {
      // The first three start none.
      const codes = { doctor: 1, status: 1, 'daemon logs': 0, audit: 0, list: 0 };
      for (const [words, code] of Object.entries(codes)) {
        await home.cli(['daemon', 'stop']);
        for (const file of FILES) put(file, kind);
        const exit = await home.cli(words.split(' '));
        expect(exit.code, exit.story).toBe(code);
      }
    },
  );

  test('is told when it was a huge state', async () => {
    rmSync(join(home.path, 'daemon.state'), { force: true });
    writeFileSync(join(home.path, 'daemon.state'), '');
    truncateSync(join(home.path, 'daemon.state'), 900_000_000);
    const { notices } = await home.json<{ notices: string[] }>(['daemon', 'start']);
    expect(notices).toContainEqual(expect.stringContaining('daemon.state.irregular-'));
  });
});

describe('records that no version has written', () => {
  const home = styxyHome();

  test('stop neither the start nor a listing, and are told', async () => {
    const { port } = await home.api.allocate({ ttl_ms: 600_000 }).catch(async () => {
      await home.cli(['daemon', 'start']);
      return home.api.allocate({ ttl_ms: 600_000 });
    });
    await home.cli(['daemon', 'stop']);
    const hold = { id: 'x', holder: { kind: 'ttl' } };
    const lease = { id: 'x', port: 3000, type: 'dev', allocatedAt: 0, holds: [hold] };
    const odd = [
      7,
      null,
      { op: 'lease' },
      { op: 'lease', lease },
      { op: 'lease', lease: { ...lease, holds: [{ ...hold, holder: { kind: 'ttl', expiresAt: 1e300 } }] } },
      { op: 'lease', lease: { ...lease, holds: [] } },
      { op: 'lease', lease: { ...lease, holds: 'x' } },
      { op: 'lease', lease: { id: 'y', port: 3001, type: 'dev', holder: { kind: 'ttl' } } },
      { op: 'end' },
      { op: 'affinity', key: 'x', ports: [-1, 'x'] },
      { op: 'affinity', key: 'x' },
      { op: 'name', service: null },
      { op: 'instance', instance: { id: 'x', registeredAt: 'yesterday' } },
      { op: 'unheard-of' },
    ];
    writeFileSync(join(home.path, 'daemon.state'), Buffer.concat(odd.map(sealRecord)), { flag: 'a' });
    const { notices } = await home.json<{ notices: string[] }>(['daemon', 'start']);
    expect(notices).toEqual([
      `${odd.length} records of the state file mean nothing to this version, and were left out`,
    ]);
    expect((await home.api.list()).allocations.map((each) => each.port)).toEqual([port]);
    for (const words of [['list'], ['instances', 'list'], ['doctor'], ['env']]) {
      const exit = await home.cli(words);
      expect(exit.code, exit.story).toBe(0);
    }
  });
});

describe.skipIf(process.platform === 'win32')('a folder that is not for us alone', () => {
  const home = styxyHome();

  test('is refused by every command and left as it is; a run runs its command', async () => {
    const folder = tempDir();
    onTestFinished(folder.remove);
    chmodSync(folder.path, 0o1777);
    const env = { STYXY_HOME: folder.path };
    expectUnreservedRun(await home.cli(['run', '--', 'sh', '-c', 'echo $PORT; exit 3'], { env }), 3);
    for (const words of [['list'], ['daemon', 'start'], ['daemon', 'run']])
      expectError(await home.cli(words, { env }), 77, 'FORBIDDEN');
    expect(statSync(folder.path).mode & 0o7777).toBe(0o1777);
    expect(readdirSync(folder.path)).toEqual([]);
  });

  test('is not made by a root that stands in for its user', async ({ skip }) => {
    if (process.getuid?.() !== 0) skip('only root can be that');
    const user = tempDir();
    onTestFinished(user.remove);
    execFileSync('chown', ['65534', user.path]);
    const env = { STYXY_HOME: undefined, HOME: user.path, SUDO_UID: '65534' };
    expectUnreservedRun(await home.cli(['run', '--', 'sh', '-c', 'echo $PORT; exit 3'], { env }), 3);
    expectError(await home.cli(['list'], { env }), 77, 'FORBIDDEN');
    expect(readdirSync(user.path)).toEqual([]);
  });

  test('gets nothing of root there from any command that writes', async ({ skip }) => {
    if (process.getuid?.() !== 0) skip('only root can be that');
    const user = tempDir();
    onTestFinished(user.remove);
    const project = join(user.path, 'project');
    mkdirSync(join(project, '.git'), { recursive: true });
    writeFileSync(join(project, 'package.json'), '{"scripts":{"dev":"vite --port 3000"}}');
    writeFileSync(join(project, 'styxy.config.json'), '{"services":{"web":{"command":"vite"}}}');
    mkdirSync(join(user.path, '.claude'));
    writeFileSync(join(user.path, '.claude', 'settings.json'), '{}');
    // Its port would be written into a copy of its file.
    const programs = join(project, 'programs');
    mkdirSync(programs);
    writeFileSync(join(programs, 'lite-server'), '#!/bin/sh\nexit 4\n', { mode: 0o755 });
    const path = { PATH: `${programs}:${process.env['PATH']}` };
    const give = () => execFileSync('chown', ['-R', '65534', user.path]);
    const ofRoot = () => execFileSync('find', [user.path, '!', '-user', '65534'], { encoding: 'utf8' });
    give();
    const env = { STYXY_HOME: undefined, HOME: user.path, SUDO_UID: '65534', XDG_RUNTIME_DIR: undefined };
    const options = { env, cwd: project };
    const commands = [
      ['init', '--yes'],
      ['hook', 'install', '--agent', 'claude-code'],
      ['hook', 'install', '--agent', 'codex', '--scope', 'project'],
      ['service', 'install'],
      ['config', 'auto-allocation', 'enable'],
      ['env', '--write'],
    ];
    const write = async (): Promise<void> => {
      for (const words of commands) expectError(await home.cli(words, options), 77, 'FORBIDDEN');
      await home.cli(['setup', '--yes'], options);
      expectUnreservedRun(await home.cli(['run', '--', 'sh', '-c', 'echo $PORT; exit 3'], options), 3);
      const copying = { ...options, env: { ...env, ...path } };
      const served = await home.cli(
        ['run', '--port', String(home.ports.first), '--', 'lite-server'],
        copying,
      );
      expect(served.code, served.story).toBe(4);
      expect(ofRoot()).toBe('');
    };
    await write();
    // With the user's own home there as well.
    mkdirSync(join(user.path, '.styxy'), { mode: 0o700 });
    give();
    await write();
  });

  test('a relative STYXY_HOME is one folder for the command and for the daemon', async () => {
    const env = { STYXY_HOME: 'own' };
    const exit = await home.cli(['daemon', 'start'], { env });
    expect(exit.code, exit.story).toBe(0);
    expect(readdirSync(join(home.place, 'own'))).toContain('daemon.pid');
    expect((await home.cli(['daemon', 'stop'], { env })).stderr).toContain('stopped the daemon');
  });

  test('a relative HOME starts in the current folder of the command, for the daemon as well', async () => {
    const env = { HOME: 'mine', STYXY_HOME: '' };
    const exit = await home.cli(['daemon', 'start'], { env });
    expect(exit.code, exit.story).toBe(0);
    expect(readdirSync(join(home.place, 'mine', '.styxy'))).toContain('daemon.pid');
    expect((await home.cli(['daemon', 'stop'], { env })).stderr).toContain('stopped the daemon');
  });
});
