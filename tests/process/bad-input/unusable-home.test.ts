import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { expectError, expectUnreservedRun } from '../../support/complaints.ts';
import { styxyHome, type CommandOptions, type DaemonFile } from '../../support/home.ts';
import { openMountSpace } from '../../support/mount-space.ts';
import { becomeNobody, whyNoOtherUser } from '../../support/other-user.ts';
import { waitFor } from '../../support/processes.ts';
import { usually } from '../../support/runs.ts';

const TELL = ['sh', '-c', 'echo $PORT; exit 3'];
const isRoot = process.getuid?.() === 0;
/** Root may read and write everything, so these tests become another user. */
const whyNot = isRoot ? whyNoOtherUser() : undefined;

describe.skipIf(process.platform === 'win32')('a home that can not be used', () => {
  const home = styxyHome();

  let turn = 0;
  async function expectFallback(options: CommandOptions, reason: RegExp, exitCodes = [74]): Promise<void> {
    const run = await home.cli(['run', '--', ...TELL], options);
    expectUnreservedRun(run, 3);
    expect(run.stderr).toMatch(reason);
    turn += 1;
    const all = [['allocate', '--type', 'dev'], ['daemon', 'start'], ['list'], ['daemon', 'run']];
    for (const args of usually(all, (_, at) => at % 2 === turn % 2)) {
      const exit = await home.cli(args, options);
      expect(exitCodes, exit.story).toContain(exit.code);
      expectError(exit, exit.code ?? -1, /STATE_UNWRITABLE|FORBIDDEN|DAEMON_UNREACHABLE/);
      expect(exit.stderr).toMatch(reason);
    }
    const stop = await home.cli(['daemon', 'stop'], options);
    expect([0, ...exitCodes], stop.story).toContain(stop.code);
  }

  /** A HOME without a STYXY_HOME, in which this user may do only what `mode` says. */
  function makeHome(name: string, mode: number): { path: string; options: CommandOptions } {
    const other = isRoot ? becomeNobody() : undefined;
    if (other) onTestFinished(other.remove);
    const path = join(other?.place ?? home.place, name);
    mkdirSync(path);
    chmodSync(path, mode);
    const env = { HOME: path, STYXY_HOME: undefined };
    return { path, options: { ...(other && { via: other.via, bin: other.bin }), cwd: '/', env } };
  }

  test('because HOME is unreadable: `run` runs the command and warns, other commands say why', async ({
    skip,
  }) => {
    if (whyNot) skip(whyNot);
    await expectFallback(makeHome('unreadable', 0o000).options, /EACCES|permission denied/, [69, 74, 77]);
  });

  test('because HOME is not writable: the same', async ({ skip }) => {
    if (whyNot) skip(whyNot);
    await expectFallback(makeHome('unwritable', 0o555).options, /EACCES|permission denied/);
  });

  test("because it is another user's: the same, and nothing in it is touched", async ({ skip }) => {
    if (whyNot ?? !isRoot) skip(whyNot ?? 'only root can give a folder to another user');
    const { path, options } = makeHome('others', 0o755);
    const folder = join(path, '.styxy');
    mkdirSync(folder, { mode: 0o755 });
    chownSync(folder, 1, 1);
    await expectFallback(options, /belongs to user 1|EACCES|permission denied/, [69, 74, 77]);
  });

  test('because it is a file: the same', async () => {
    const path = join(home.place, 'a-file');
    writeFileSync(path, '');
    await expectFallback({ env: { STYXY_HOME: path } }, /EEXIST|ENOTDIR|not a (directory|folder)/);
  });

  test.runIf(process.platform === 'linux')(
    'because its file system takes no folder, whoever asks: the same, and `status` and `doctor` know it',
    async () => {
      const options = { env: { STYXY_HOME: '/proc/styxy' } };
      await expectFallback(options, /ENOENT/);
      const status = await home.cli(['status'], options);
      expect(status.code, status.story).toBe(1);
      expect(status.stdout).toContain("it can't be started: /proc/styxy can't be used: ENOENT");
      const doctor = await home.cli(['doctor'], options);
      expect(doctor.code, doctor.story).toBe(1);
      expect(doctor.stdout).toMatch(/home +\/proc\/styxy can't be used: ENOENT/);
    },
  );

  test('because it lies on a read-only file system: the same, with or without a folder there', async ({
    skip,
  }) => {
    const path = join(home.place, 'frozen');
    mkdirSync(path);
    const space = await openMountSpace(
      `mount -t tmpfs tmpfs ${path}; mkdir -m 700 ${path}/there; mount -o remount,ro ${path}`,
    );
    if (typeof space === 'string') {
      skip(space);
      return;
    }
    const at = (name: string) => ({ via: space.via(home.place), env: { STYXY_HOME: join(path, name) } });
    await expectFallback(at('there'), /read-only|EROFS/);
    await expectFallback(at('not-there'), /read-only|EROFS/);
    await space.close();
  });

  test('because HOME lies on a read-only file system: no hooks, and why', async ({ skip }) => {
    const path = mkdtempSync(join(home.place, 'frozen-user-'));
    const space = await openMountSpace(
      `mount -t tmpfs tmpfs ${path}; mkdir ${path}/.claude; echo '{}' >${path}/.claude/settings.json; mount -o remount,ro ${path}`,
    );
    if (typeof space === 'string') {
      skip(space);
      return;
    }
    const options = { via: space.via(home.place), env: { HOME: path, STYXY_HOME: undefined } };
    expectError(
      await home.cli(['hook', 'install', '--agent', 'claude-code'], options),
      74,
      'STATE_UNWRITABLE',
    );
    const setup = await home.cli(['setup', '--yes'], options);
    expect(setup.code, setup.story).toBe(74);
    expect(setup.stderr).toMatch(/^styxy: error\[STATE_UNWRITABLE\]: .+\n {2}why: .*(read-only|EROFS)/m);
    await space.close();
  });
});

describe.skipIf(process.platform === 'win32')('a home whose path is too long for a socket', () => {
  const home = styxyHome();

  test.each([
    ['in the private temp folder', false],
    ['in XDG_RUNTIME_DIR', true],
  ])('works: the socket is %s, and daemon.pid says where', async (_, hasRuntimeDir) => {
    const deep = join(home.place, hasRuntimeDir ? 'b' : 'a', 'x'.repeat(60), 'y'.repeat(60));
    const runtime = join(home.place, 'rt');
    mkdirSync(runtime, { recursive: true, mode: 0o700 });
    const env = { STYXY_HOME: deep, XDG_RUNTIME_DIR: hasRuntimeDir ? runtime : undefined };

    const run = await home.cli(['run', '--', ...TELL], { env });
    expect({ code: run.code, stderr: run.stderr }, run.story).toEqual({ code: 3, stderr: '' });
    const { pid, socket } = await home.json<DaemonFile>(['status'], { env }).then(() => pidFileOf(deep));
    expect(socket.length).toBeLessThanOrEqual(103);
    expect(existsSync(socket)).toBe(true);
    if (hasRuntimeDir) expect(dirname(dirname(socket))).toBe(runtime);

    const lease = await home.json<{ lock_id: string }>(['allocate', '--type', 'dev'], { env });
    process.kill(pid, 'SIGKILL');
    const listed = await home.json<{ allocations: { lock_id: string }[] }>(['list'], { env });
    expect(listed.allocations.map(({ lock_id }) => lock_id)).toEqual([lease.lock_id]);
    const next = pidFileOf(deep);
    expect(next).toMatchObject({ socket });

    const stop = await home.cli(['daemon', 'stop'], { env });
    expect(stop.code, stop.story).toBe(0);
    await waitFor(() => !existsSync(socket), 5000, 'the socket to be gone');
    rmSync(deep, { recursive: true });
  });
});

function pidFileOf(folder: string): DaemonFile {
  return JSON.parse(readFileSync(join(folder, 'daemon.pid'), 'utf8'));
}
