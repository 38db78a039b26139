import { execFileSync } from 'node:child_process';
import { chownSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectError, expectUnreservedRun } from '../../support/complaints.ts';
import { startProgram, styxyHome, type Exit } from '../../support/home.ts';
import { becomeNobody, whyNoOtherUser, type OtherUser } from '../../support/other-user.ts';
import { portServer, serverOf } from '../../support/port-server.ts';
import { allPids, isAlive, waitFor } from '../../support/processes.ts';

const TELL = ['run', '--', 'sh', '-c', 'echo $PORT; exit 3'];
const why = whyNoOtherUser();

describe.skipIf(why !== undefined)('a user without files or processes left', () => {
  const home = styxyHome();
  /** Of nobody else, for processes are counted by user. */
  const uid = String(40_000 + (process.pid % 20_000));
  let other: OtherUser;
  let place: string;
  const asUser = (limits: string[], args: readonly string[]): Promise<Exit> =>
    startProgram([process.execPath, other.bin, ...args], {
      cwd: place,
      env: { ...home.env, HOME: place, STYXY_HOME: join(place, 's') },
      via: ['setpriv', '--reuid', uid, '--regid', uid, '--clear-groups', 'prlimit', ...limits],
    }).finished();
  const ofUser = (): number[] =>
    allPids().filter((pid) => {
      try {
        return new RegExp(`^Uid:\\s+${uid}\\s`, 'm').test(readFileSync(`/proc/${pid}/status`, 'utf8'));
      } catch {
        return false;
      }
    });

  beforeAll(() => {
    other = becomeNobody();
    place = join(other.place, 'mine');
    mkdirSync(place, { mode: 0o700 });
    chownSync(place, Number(uid), Number(uid));
  });
  afterAll(async () => {
    await asUser([], ['daemon', 'stop']);
    other.remove();
  });

  test('starts no daemon that others would find without files: a run goes on, others say 69, the next daemon has all', async () => {
    const run = await asUser(['--nofile=40:40'], TELL);
    expectUnreservedRun(run, 3);
    expect(run.stderr).toContain('it may have 40 files open');
    const list = await asUser(['--nofile=40:40'], ['list']);
    expectError(list, 69, 'DAEMON_UNREACHABLE');
    expect((await asUser([], TELL)).stderr).toBe('');
    expect((await asUser(['--nofile=40:40'], TELL)).stderr).toBe('');
  });

  test.each([17, 18, 19, 20, 21])('with %i files, says in words what is missing, or works', async (most) => {
    for (const args of [TELL, ['list'], ['doctor']]) {
      const exit = await asUser([`--nofile=${most}:${most}`], args);
      expect(exit.stderr, exit.story).not.toMatch(/INTERNAL|please report/);
      const isNodes =
        exit.signal !== null ||
        /node:|Segmentation|EMFILE: too many open files, open '.*bin/.test(exit.stderr);
      if (![0, 3].includes(exit.code ?? -1) && !isNodes) expect(exit.stderr).toContain('too many files open');
    }
  });

  test('leaves no daemon that hangs, and has one again as soon as there are processes', async () => {
    await asUser([], ['daemon', 'stop']);
    // Node itself takes some ten; a second Node has too few.
    const short = await asUser(['--nproc=12:12'], TELL);
    if (short.code === 3) expectUnreservedRun(short, 3);
    else expect(short.stderr, short.story).toMatch(/EAGAIN|pthread_create|ulimit -u|Assertion/);
    await waitFor(
      () => ofUser().length === 0,
      10_000,
      () => `nobody to be left: ${ofUser().join(' ')}`,
    );
    const run = await asUser([], TELL);
    expect({ code: run.code, stderr: run.stderr }, run.story).toEqual({ code: 3, stderr: '' });
  });
});

test.runIf(why !== undefined)('limits of users are not looked at', ({ skip }) => skip(why));

describe.skipIf(process.platform !== 'linux')('a daemon without memory left', () => {
  const home = styxyHome();

  test('is replaced by the next one, with the same leases; no run is touched', async () => {
    const run = home.start(['run', '--name', 'web', '--', process.execPath, portServer]);
    const { port } = await serverOf(run);
    const first = home.daemon()?.pid ?? -1;
    const now = Number(/^VmSize:\s+(\d+)/m.exec(readFileSync(`/proc/${first}/status`, 'utf8'))?.[1]) * 1024;
    execFileSync('prlimit', ['--pid', String(first), `--as=${now}:${now}`]);
    const keepBusy = async (): Promise<boolean> => {
      await Promise.allSettled(Array.from({ length: 30 }, () => home.api.list()));
      return !isAlive(first);
    };
    await waitFor(keepBusy, 60_000, 'the daemon to run out of memory');
    const list = await home.json<{ allocations: { port: number }[] }>(['list']);
    expect(list.allocations.map((each) => each.port)).toEqual([port]);
    expect(home.daemon()?.pid).not.toBe(first);
    expect(isAlive(run.pid)).toBe(true);
    run.process.kill('SIGTERM');
    await run.finished();
  });
});
