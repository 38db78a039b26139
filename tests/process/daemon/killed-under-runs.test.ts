import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { styxyHome, type Running } from '../../support/home.ts';
import { bareStart } from '../../support/pace.ts';
import { isAlive, waitFor } from '../../support/processes.ts';
import { portServer, serverOf, whoIsAt, type ServerSelf } from '../../support/port-server.ts';
import { Refused } from '../../support/socket-api.ts';

/** 20 where that is what is promised; what else is tested does not depend on it. */
const [RUNS, FEW] = [20, 8];

interface Live {
  readonly run: Running;
  readonly self: ServerSelf;
}

describe.skipIf(process.platform !== 'linux')('SIGKILL to the daemon under live runs', () => {
  const home = styxyHome();

  async function startRuns(count = RUNS): Promise<Live[]> {
    const runs = Array.from({ length: count }, (_, index) =>
      home.start(['run', '--name', `svc-${index}`, '--', process.execPath, portServer]),
    );
    // What a failed test leaves must not trouble the next one.
    onTestFinished(() => runs.forEach((run) => run.process.kill('SIGKILL')));
    return Promise.all(runs.map(async (run) => ({ run, self: await serverOf(run) })));
  }

  async function endRuns(live: readonly Live[]): Promise<void> {
    for (const { run } of live) run.process.kill('SIGTERM');
    await Promise.all(live.map(({ run }) => run.finished()));
    await waitFor(async () => (await home.api.list()).allocations.length === 0, 5000, 'no lease to be left');
  }

  const leasesOf = async () =>
    (await home.api.list()).allocations.map(({ lock_id, port }) => `${lock_id} ${port}`).toSorted();
  const leasesThatShouldBe = (live: readonly Live[]) =>
    live.map(({ self }) => `${self.lockId} ${self.port}`).toSorted();

  /** @returns how long it took, in ms */
  async function newDaemonAfter(killed: number, killedAt: number): Promise<number> {
    await waitFor(
      async () => {
        const status = await home.api.status().catch(() => undefined);
        return status !== undefined && status.pid !== killed;
      },
      10_000,
      'a new daemon',
    );
    return performance.now() - killedAt;
  }

  /** Asks for ports without pause, by rule and by name, until it is told to stop. */
  function hammer(wanted: readonly number[]) {
    const granted: number[] = [];
    const refusals = new Map<string, number>();
    let running = true;
    const ask = async (port: number | undefined): Promise<void> => {
      try {
        const lease = await home.api.allocate({ ttl_ms: 60_000, ...(port !== undefined && { port }) });
        granted.push(lease.port);
        await home.api.release(lease.lock_id);
      } catch (error) {
        const code = error instanceof Refused ? error.code : 'no daemon';
        refusals.set(code, (refusals.get(code) ?? 0) + 1);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    };
    const loops = [
      (async () => {
        while (running) await ask(undefined);
      })(),
      (async () => {
        for (let index = 0; running; index++) await ask(wanted[index % wanted.length]);
      })(),
    ];
    return async () => {
      await waitFor(() => granted.length > 20, 20_000, '20 leases for others');
      running = false;
      await Promise.all(loops);
      return { granted, refusals };
    };
  }

  test('no child notices; a new daemon is there within 2 s with the same 20 leases, none granted in between', async () => {
    const live = await startRuns();
    const ports = live.map(({ self }) => self.port);
    const stopHammer = hammer(ports);
    const killedAt = performance.now();
    const killed = await home.killDaemon();
    const tookMs = await newDaemonAfter(killed, killedAt);
    console.log(`new daemon after SIGKILL: ${tookMs.toFixed(0)} ms`);
    // 2 s are fifty bare starts on a machine that has nothing else to do.
    expect(tookMs / (await bareStart())).toBeLessThan(100);
    expect(await leasesOf()).toEqual(expect.arrayContaining(leasesThatShouldBe(live)));

    // A wrapper that has taken up its lease again is missed at once when it dies, by the end of its connection.
    const [victim, ...others] = live as [Live, ...Live[]];
    await waitFor(
      async () => (await home.api.list()).allocations.every(({ state }) => state === 'bound'),
      10_000,
      'every lease to be bound again',
    );
    victim.run.process.kill('SIGKILL');
    await waitFor(
      async () => !(await leasesOf()).some((lease) => lease.endsWith(` ${victim.self.port}`)),
      6000,
    );

    const { granted, refusals } = await stopHammer();
    const stolen = granted.filter((port) => ports.includes(port) && port !== victim.self.port);
    expect(stolen, 'ports of live runs that somebody else was given').toEqual([]);
    expect([...refusals.keys()].toSorted()).toEqual(['PORT_TAKEN', 'no daemon']);

    for (const { run, self } of others) {
      expect(isAlive(run.pid) && isAlive(self.pid)).toBe(true);
      expect(await whoIsAt(self.port)).toEqual(self);
      expect(run.stderr()).toBe('');
    }
    expect(await leasesOf()).toEqual(leasesThatShouldBe(others));
    expect(home.daemons()).toEqual([home.daemon()?.pid]);
    await endRuns(others);
  });

  test('loses no lease even when its state file is lost with it: the wrappers bring theirs back', async () => {
    const live = await startRuns();
    rmSync(join(home.path, 'daemon.state'));
    const killedAt = performance.now();
    const killed = await home.killDaemon();
    rmSync(join(home.path, 'daemon.state'), { force: true });
    await newDaemonAfter(killed, killedAt);
    await waitFor(async () => (await leasesOf()).length === RUNS, 10_000, '20 leases');
    console.log(
      `20 leases re-asserted without a state file: ${(performance.now() - killedAt).toFixed(0)} ms`,
    );
    expect(await leasesOf()).toEqual(leasesThatShouldBe(live));
    expect(live.every(({ self }) => isAlive(self.pid))).toBe(true);
    await endRuns(live);
  });

  test('three times in a row, faster than the wrappers settle, changes nothing', async () => {
    const live = await startRuns(FEW);
    for (let round = 0; round < 3; round++) {
      const killedAt = performance.now();
      await newDaemonAfter(await home.killDaemon(), killedAt);
    }
    expect(await leasesOf()).toEqual(leasesThatShouldBe(live));
    await waitFor(
      async () => (await home.api.list()).allocations.every(({ state }) => state === 'bound'),
      10_000,
    );
    expect(live.every(({ run, self }) => isAlive(run.pid) && isAlive(self.pid))).toBe(true);
    await endRuns(live);
  });

  test('while they still start, again and again: each gets a port of its own, and nobody is bothered', async () => {
    let kills = 0;
    const starting = startRuns(FEW);
    const killing = (async () => {
      while (kills < 5) {
        const pid = await waitFor(() => home.daemons()[0], 20_000, 'a daemon to kill');
        process.kill(pid, 'SIGKILL');
        kills += 1;
        await waitFor(() => !isAlive(pid), 5000);
      }
    })();
    const [live] = await Promise.all([starting, killing]);
    expect(live.map(({ run }) => run.stderr()).filter((text) => text !== '')).toEqual([]);
    expect(new Set(live.map(({ self }) => self.port)).size).toBe(FEW);
    await waitFor(
      async () =>
        (await home.api.list().catch(() => undefined))?.allocations.every(({ state }) => state === 'bound'),
      15_000,
      'every lease to be bound',
    );
    expect(await leasesOf()).toEqual(leasesThatShouldBe(live));
    await endRuns(live);
  });
});
