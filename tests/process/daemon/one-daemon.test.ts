import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { AllocateAnswer } from '../../../src/protocol/answers/lease.ts';
import { styxyHome } from '../../support/home.ts';
import { isAlive, statOf, waitFor } from '../../support/processes.ts';
import { rounds } from '../../support/runs.ts';

const CLIS = 20;

describe.skipIf(process.platform !== 'linux')('20 commands started at once', () => {
  const home = styxyHome();

  async function allAtOnce(round: string): Promise<void> {
    const before = (await home.api.list().catch(() => undefined))?.allocations.length ?? 0;
    const startedAt = performance.now();
    const exits = await Promise.all(
      Array.from({ length: CLIS }, (_, index) =>
        home.cli(['allocate', '--type', 'dev', '--name', `${round}-${index}`, '--ttl', '10m', '--json']),
      ),
    );
    const failed = exits.filter(({ code }) => code !== 0);
    expect(failed.map(({ story }) => story)).toEqual([]);
    console.log(`${CLIS} commands, ${round}: ${(performance.now() - startedAt).toFixed(0)} ms`);
    const leases = exits.map(({ stdout }): AllocateAnswer => JSON.parse(stdout));
    expect(new Set(leases.map(({ port }) => port)).size).toBe(CLIS);

    const daemon = home.daemon()?.pid;
    await waitFor(
      () => home.daemons().length === 1,
      10_000,
      () => `one daemon, not ${home.daemons().join(' ')}`,
    );
    expect(home.daemons()).toEqual([daemon]);
    // Two daemons at work would each know a part of the leases only.
    const { allocations } = await home.api.list();
    const known = new Set(allocations.map(({ lock_id }) => lock_id));
    expect(leases.every(({ lock_id }) => known.has(lock_id))).toBe(true);
    expect(known.size).toBeGreaterThanOrEqual(Math.max(before, CLIS));
    for (const { lock_id } of allocations) await home.api.release(lock_id);
  }

  test('with no daemon and an empty home get exactly one daemon, and all 20 succeed', async () => {
    await allAtOnce('fresh');
  });

  test('after SIGKILL to the daemon, with its socket and pid file left, the same', async () => {
    for (let round = 0; round < rounds(3); round++) {
      await home.killDaemon();
      await allAtOnce(`killed-${round}`);
    }
  });

  test('with a pid file that is rubbish, the same', async () => {
    await home.killDaemon();
    writeFileSync(join(home.path, 'daemon.pid'), '4711\n');
    await allAtOnce('rubbish');
  });
});

describe.skipIf(process.platform !== 'linux')(
  'a stale daemon.pid that names a living process of another program',
  () => {
    const home = styxyHome();
    const unrelated = spawn('sleep', ['100'], { stdio: 'ignore' });
    const pid = unrelated.pid ?? -1;
    afterAll(() => void unrelated.kill('SIGKILL'));
    const file = () => join(home.path, 'daemon.pid');

    /** A pid file as a daemon leaves it behind when it is killed, with some facts exchanged. */
    async function stalePidFile(facts: Record<string, unknown>): Promise<void> {
      await home.cli(['daemon', 'start']);
      const record: object = JSON.parse(readFileSync(file(), 'utf8'));
      await home.killDaemon();
      writeFileSync(file(), JSON.stringify({ ...record, ...facts }));
    }

    test.each([
      ['its pid, recycled by the system', () => ({ pid })],
      [
        'its pid and start time, before a reboot',
        () => ({ pid, start_time: statOf(pid)?.start, boot_id: 'an-earlier-boot' }),
      ],
      ['a pid only, as older programs wrote it', () => undefined],
    ])('by %s: stop kills nothing, start works', async (_, facts) => {
      const changed = facts();
      if (changed) await stalePidFile(changed);
      else {
        await stalePidFile({});
        writeFileSync(file(), `${pid}\n`);
      }
      const stop = await home.cli(['daemon', 'stop', '--json']);
      expect(stop.code, stop.story).toBe(0);
      expect(JSON.parse(stop.stdout)).toEqual({ stopped: false, pid: null });
      expect((await home.cli(['status'])).code).toBe(1);

      const start = await home.cli(['daemon', 'start']);
      expect(start.code, start.story).toBe(0);
      const daemon = home.daemon()?.pid;
      expect(daemon).not.toBe(pid);
      expect(home.daemons()).toEqual([daemon]);
      const end = await home.cli(['daemon', 'stop']);
      expect(end.code, end.story).toBe(0);
      expect(home.daemons()).toEqual([]);
      expect(isAlive(pid)).toBe(true);
    });

    test('makes `daemon run` in the foreground work as well', async () => {
      await stalePidFile({ pid });
      const daemon = home.start(['daemon', 'run']);
      await waitFor(
        async () => (await home.api.status().catch(() => undefined))?.pid === daemon.pid,
        15_000,
        daemon.stderr,
      );
      daemon.process.kill('SIGTERM');
      const exit = await daemon.finished();
      expect(exit.code, exit.story).toBe(0);
      expect(isAlive(pid)).toBe(true);
    });
  },
);
