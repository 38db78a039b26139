import { spawnSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { AllocateAnswer } from '../../../src/protocol/answers/lease.ts';
import type { ListAnswer } from '../../../src/protocol/answers/ports.ts';
import type { StatusAnswer } from '../../../src/protocol/answers/status.ts';
import { startProgram, styxyHome, type Exit } from '../../support/home.ts';
import { becomeNobody, NOBODY, whyNoOtherUser, type OtherUser } from '../../support/other-user.ts';
import { portServer, serverOf } from '../../support/port-server.ts';
import { waitFor } from '../../support/processes.ts';

describe.skipIf(whyNoOtherUser())('two users on one machine (root on Linux can be both)', () => {
  const home = styxyHome();
  let other: OtherUser;
  const env = () => ({
    ...home.env,
    HOME: other.folder,
    STYXY_HOME: join(other.folder, 'styxy'),
    STYXY_HTTP_PORT: String(home.ports.last),
  });
  const mine = { env: { STYXY_HTTP_PORT: String(0) } };

  /** The other user's `styxy ...args`. */
  const start = (...args: string[]) =>
    startProgram([process.execPath, other.bin, ...args], { cwd: other.folder, env: env(), via: other.via });
  const cli = (...args: string[]): Promise<Exit> => start(...args).finished();
  async function json<Answer>(...args: string[]): Promise<Answer> {
    const exit = await cli(...args, '--json');
    if (exit.code !== 0) throw new Error(exit.story);
    return JSON.parse(exit.stdout) as Answer;
  }
  /** What a program of the other user says, and its exit code. */
  const tries = (...words: string[]) =>
    spawnSync(other.via[0] ?? '', [...other.via.slice(1), ...words], {
      env: env(),
      cwd: other.folder,
      encoding: 'utf8',
    });

  beforeAll(async () => {
    other = becomeNobody();
    mine.env.STYXY_HTTP_PORT = String(home.ports.last);
    const config = { service_types: { dev: { port_range: [home.ports.first, home.ports.last - 1] } } };
    writeFileSync(join(home.path, 'config.json'), JSON.stringify(config));
    expect((await home.cli(['daemon', 'start'], mine)).code).toBe(0);
    const started = await cli('daemon', 'start');
    expect(started.code, started.story).toBe(0);
    writeFileSync(join(other.folder, 'styxy', 'config.json'), JSON.stringify(config));
    await cli('daemon', 'restart');
  });
  afterAll(async () => {
    await cli('daemon', 'stop');
    other.remove();
  });

  test('have a daemon each; the second one does without the TCP port and says so', async () => {
    const [one, two] = [await home.api.status(), await json<StatusAnswer>('status')];
    expect(one.pid).not.toBe(two.pid);
    expect([one.http_port, two.http_port]).toEqual([home.ports.last, null]);
    expect(two.notices).toMatchObject([expect.stringContaining(`port ${home.ports.last} is taken`)]);
    expect(statSync(join(other.folder, 'styxy', 'daemon.sock')).uid).toBe(NOBODY);
  });

  test('see their own leases only', async () => {
    const ours = await home.json<AllocateAnswer>(['allocate', '--type', 'dev', '--name', 'ours']);
    const theirs = await json<AllocateAnswer>('allocate', '--type', 'dev', '--name', 'theirs');
    const names = ({ allocations }: ListAnswer) => allocations.map((each) => each.service_name);
    expect(names(await home.api.list())).toEqual(['ours']);
    expect(names(await json<ListAnswer>('list'))).toEqual(['theirs']);
    const release = await cli('release', ours.lock_id);
    expect(release.code, release.story).toBe(1);
    await home.api.release(ours.lock_id);
    await json('release', theirs.lock_id);
  });

  test('run servers side by side, each on a port of its own', async () => {
    const ours = home.start(['run', '--', process.execPath, portServer]);
    const first = await serverOf(ours);
    const theirs = start('run', '--', process.execPath, other.copy(portServer));
    const second = await serverOf(theirs);
    onTestFinished(async () => {
      for (const { process: run } of [ours, theirs]) run.kill('SIGTERM');
      await Promise.all([ours.finished(), theirs.finished()]);
    });
    expect(second.port).not.toBe(first.port);
    const seen = await json<ListAnswer>('list');
    expect(seen.allocations.map(({ port }) => port)).toEqual([second.port]);
    // The machine may have others, on the ports of other types.
    expect(seen.external).toContainEqual(
      expect.objectContaining({ port: first.port, pid: null, command: null }),
    );
  });

  test("can reach neither the other's token nor its socket nor its state", () => {
    for (const file of ['auth.token', 'daemon.state', 'config.json', 'daemon.pid']) {
      expect(tries('cat', join(home.path, file))).toMatchObject({ stdout: '' });
    }
    const program = `require('net').connect(${JSON.stringify(join(home.path, 'daemon.sock'))})
      .on('error', ({ code }) => console.log(code)).on('connect', () => process.exit(console.log('connected')))`;
    expect(tries(process.execPath, '-e', program).stdout).toBe('EACCES\n');
  });

  test("is not let in by TCP without the other's token", async () => {
    const url = `http://127.0.0.1:${home.ports.last}/allocations`;
    const theirToken = readFileSync(join(other.folder, 'styxy', 'auth.token'), 'utf8').trim();
    const answers = [
      await fetch(url),
      await fetch(url, { headers: { authorization: `Bearer ${theirToken}` } }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([401, 401]);
  });

  test("can not make the other's home their own", async () => {
    const before = home.daemon();
    const exit = await startProgram([process.execPath, other.bin, 'list'], {
      cwd: other.folder,
      env: { ...env(), STYXY_HOME: home.path },
      via: other.via,
    }).finished();
    expect(exit.code, exit.story).toBeGreaterThan(1);
    expect(exit.stderr).toMatch(/^styxy: error\[[A-Z_]+\]: /m);
    await waitFor(() => home.daemon()?.pid === before?.pid, 1000, 'the daemon to be as it was');
  });
});
