import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { expectError } from '../../support/complaints.ts';
import { startProgram, styxyHome, type Running, type StyxyHome } from '../../support/home.ts';
import { isAlive, waitFor } from '../../support/processes.ts';

const HUNG = fileURLToPath(new URL('../../support/programs/hung-daemon.mjs', import.meta.url));
/** It is given up after 15 s of silence; what is left is for a busy machine. */
const REPLACED_WITHIN_MS = 60_000;

/** In place of the daemon: something with its lock and its socket whose event loop is stuck, deaf to SIGTERM. */
async function hangInPlaceOf(home: StyxyHome): Promise<Running> {
  await home.killDaemon();
  home.api.close();
  const hung = startProgram([process.execPath, HUNG], { env: home.env });
  await waitFor(() => hung.stdout().includes('hangs'), 10_000, hung.stderr);
  return hung;
}

/** Each with a home of its own, since most of their time is waiting. */
describe.skipIf(process.platform !== 'linux').concurrent('a daemon that hangs', () => {
  describe('because it was stopped', () => {
    const home = styxyHome();

    test('is replaced by itself once somebody met its silence: no lease is lost, nothing that runs is touched', async () => {
      const run = home.start(['run', '--name', 'web', '--', 'sleep', '300']);
      const lease = await home.json<{ lock_id: string }>(['allocate', '--type', 'dev', '--ttl', '1h']);
      const leases = async () =>
        (await home.api.list()).allocations.map(({ lock_id, port }) => `${lock_id} ${port}`).toSorted();
      await waitFor(async () => (await leases()).length === 2, 20_000, 'both leases');
      const before = await leases();
      const { pid } = home.daemon()!;
      process.kill(pid, 'SIGSTOP');
      home.api.close();
      expectError(await home.cli(['list']), 69, 'DAEMON_UNREACHABLE');
      expect(isAlive(pid)).toBe(true);
      await waitFor(() => !isAlive(pid), REPLACED_WITHIN_MS, 'the stopped daemon to be ended');
      const status = await waitFor(() => home.api.status().catch(() => undefined), 20_000, 'the next daemon');
      expect(status.recovery.system_recovery).toMatchObject({ killed_before: { pid }, leases: 2 });
      expect(await leases()).toEqual(before);
      expect(isAlive(run.pid)).toBe(true);
      expect(readFileSync(join(home.path, 'logs', 'daemon.log'), 'utf8')).toContain(
        `the daemon (pid ${pid}) lived but did not answer`,
      );
      // The wrapper follows the new daemon: its end is noticed at once.
      run.process.kill('SIGTERM');
      await run.finished();
      await waitFor(async () => (await leases()).length === 1, 10_000, 'the lease to end');
      await home.api.release(lease.lock_id);
    });
  });

  describe('with a stuck event loop', () => {
    const home = styxyHome();

    test('is replaced by itself, and `run` runs its command meanwhile', async () => {
      await home.cli(['allocate', '--type', 'dev', '--ttl', '1h']);
      const hung = await hangInPlaceOf(home);
      const run = await home.cli(['run', '--', 'sh', '-c', 'echo $PORT']);
      expect(run.code, run.story).toBe(0);
      expect(run.stderr).toContain('does not answer');
      expect((await hung.finished(REPLACED_WITHIN_MS)).signal).toBe('SIGKILL');
      expect((await home.json<{ allocations: unknown[] }>(['list'])).allocations.length).toBe(1);
    });
  });

  describe('with a stuck event loop, deaf to SIGTERM', () => {
    const home = styxyHome();

    test('is replaced by `daemon restart` and ended by `daemon stop`: every lease stays in the journal', async () => {
      const lease = await home.json<{ lock_id: string }>(['allocate', '--type', 'dev', '--ttl', '1h']);
      const hung = await hangInPlaceOf(home);
      const restart = await home.json<{ previous_pid: number; allocations: number }>(['daemon', 'restart']);
      expect(restart).toMatchObject({ previous_pid: hung.pid, allocations: 1 });
      expect((await hung.finished()).signal).toBe('SIGKILL');

      const again = await hangInPlaceOf(home);
      expect(await home.json(['daemon', 'stop'])).toEqual({ stopped: true, pid: again.pid });
      expect((await again.finished()).signal).toBe('SIGKILL');
      const { allocations } = await home.json<{ allocations: { lock_id: string }[] }>(['list']);
      expect(allocations.map(({ lock_id }) => lock_id)).toEqual([lease.lock_id]);
    });
  });

  describe('for a moment only', () => {
    const home = styxyHome();

    test('is left alone when it answers again, and by who may start no daemon', async () => {
      await home.cli(['daemon', 'start']);
      const { pid } = home.daemon()!;
      expect(await home.json(['daemon', 'restart', '--if-silent'])).toEqual({ restarted: false });
      process.kill(pid, 'SIGSTOP');
      const list = await home.cli(['list'], { env: { STYXY_NO_DAEMON: '1' } });
      expectError(list, 69, 'DAEMON_UNREACHABLE');
      const watchdogs = () => home.processes().filter(({ command }) => command.includes('--if-silent'));
      expect(watchdogs()).toEqual([]);
      expectError(await home.cli(['list']), 69, 'DAEMON_UNREACHABLE');
      process.kill(pid, 'SIGCONT');
      await waitFor(() => watchdogs().length === 0, 10_000, 'the watchdog to see that all is well');
      expect((await home.api.status()).pid).toBe(pid);
    });
  });
});
