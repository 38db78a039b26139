import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { StatusAnswer } from '../../../src/protocol/answers/status.ts';
import { expectError, expectUnreservedRun } from '../../support/complaints.ts';
import { styxyHome } from '../../support/home.ts';
import { isAlive, waitFor } from '../../support/processes.ts';

describe.skipIf(process.platform !== 'linux')('system recovery', () => {
  const home = styxyHome();
  const at = (name: string) => join(home.path, name);

  /** With these rules from the next start on. */
  function configure(rules: object): void {
    const config: object = JSON.parse(readFileSync(at('config.json'), 'utf8'));
    writeFileSync(at('config.json'), JSON.stringify({ ...config, recovery: { system_recovery: rules } }));
  }
  const status = async () => await home.json<StatusAnswer>(['status']);

  test('cleans leases whose holder ended while no daemon ran, and reports it', async () => {
    const holder = spawn('sleep', ['300'], { stdio: 'ignore' });
    const pid = holder.pid ?? -1;
    const dead = await home.json<{ lock_id: string }>([
      'allocate',
      '--type',
      'dev',
      '--name',
      'a',
      '--pid',
      `${pid}`,
    ]);
    const kept = await home.json<{ lock_id: string }>([
      'allocate',
      '--type',
      'dev',
      '--name',
      'b',
      '--ttl',
      '1h',
    ]);
    await home.killDaemon();
    holder.kill('SIGKILL');
    await waitFor(() => !isAlive(pid), 5000, 'the holder to end');
    await home.cli(['daemon', 'start']);
    await waitFor(
      async () => (await status()).recovery.system_recovery.orphaned === 1,
      10_000,
      'the orphan to be cleaned',
    );
    expect((await home.api.list()).allocations.map(({ lock_id }) => lock_id)).toEqual([kept.lock_id]);
    expect((await status()).recovery.system_recovery).toMatchObject({
      leases: 2,
      killed_before: { pid: expect.any(Number) },
    });
    expect(readFileSync(at('logs/daemon.log'), 'utf8')).toContain('cleaned orphaned leases');
    expect(dead.lock_id).not.toBe(kept.lock_id);
    await home.api.release(kept.lock_id);
    await home.cli(['daemon', 'stop']);
  });

  test('a state file that can not be read stops three starts at most, and is never lost', async () => {
    rmSync(at('daemon.state'));
    mkdirSync(at('daemon.state'));
    for (const left of ['2 more failed starts', '1 more failed start']) {
      const exit = await home.cli(['list']);
      expectError(exit, 74, 'STATE_UNWRITABLE');
      expect(exit.stderr).toContain(left);
      expect(exit.stderr).not.toContain('{"level"');
    }
    const exit = await home.cli(['list']);
    expect(exit.code, exit.story).toBe(0);
    expect((await status()).notices).toEqual([
      expect.stringMatching(/could not be read in 3 starts.*moved to/),
    ]);
    expect(readdirSync(at('backups'))).toEqual([expect.stringMatching(/^daemon\.state\.unreadable-/)]);
    const doctor = await home.cli(['doctor']);
    expect(doctor.stdout).toMatch(/^! last start .*moved to/m);
    await home.cli(['daemon', 'stop']);
    rmSync(at('backups'), { recursive: true });
  });

  test('switched off, a damaged state is left as it is: commands say so, `run` still runs', async () => {
    configure({ enabled: false });
    const damaged = Buffer.concat([readFileSync(at('daemon.state')), Buffer.from('torn')]);
    writeFileSync(at('daemon.state'), damaged);
    const list = await home.cli(['list']);
    expectError(list, 74, 'STATE_UNWRITABLE');
    expect(list.stderr).toMatch(/is damaged.*system_recovery\.enabled is false/s);
    expectUnreservedRun(await home.cli(['run', '--', 'sh', '-c', 'echo $PORT; exit 3']), 3);
    expect(readFileSync(at('daemon.state'))).toEqual(damaged);

    configure({ backup_corrupted_state: false });
    await home.cli(['daemon', 'start']);
    expect((await status()).notices).toEqual([expect.stringContaining('the rest is gone')]);
    expect(existsSync(at('backups'))).toBe(false);
    configure({});
  });

  test('a port that is none in STYXY_HTTP_PORT is told in words, not as a line of a log', async () => {
    await home.cli(['daemon', 'stop']);
    const exit = await home.cli(['list'], { env: { STYXY_HTTP_PORT: 'abc' } });
    expectError(exit, 69, 'DAEMON_UNREACHABLE');
    expect(exit.stderr).toContain('why: STYXY_HTTP_PORT: "abc" is not a port');
    expect(exit.stderr).toContain('try: use 0 for the socket alone');
    expect(exit.stderr).not.toContain('{');
  });
});
