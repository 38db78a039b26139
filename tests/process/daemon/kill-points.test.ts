import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { styxyHome, type Running } from '../../support/home.ts';
import { isAlive, waitFor } from '../../support/processes.ts';
import { rounds } from '../../support/runs.ts';

const ROUNDS = rounds(200);
/** Some rounds kill the daemon while it starts: recovery and the compaction that goes with it. */
const KILLED_AT_START = 0.25;
/** Some rounds last long enough for a compaction under way. */
const KILLED_LATE = 0.15;
const MOST_LEASES = 60;
/** Most rounds end after the first answers; one in six may end before any. */
const MOST_AWAITED = 6;
/** Long commands make the journal grow fast, so that it is compacted again and again under way. */
const LONG_COMMAND = 'x'.repeat(4000);

interface Known {
  readonly id: string;
  readonly port: number;
}

describe(`SIGKILL to the daemon at ${ROUNDS} random moments`, () => {
  const home = styxyHome();

  /** What every answer said; a request without an answer may have been carried out or not. */
  const live = new Map<string, Known>();
  const released = new Set<string>();
  const uncertain = { asked: new Set<string>(), released: new Set<string>() };
  let names = 0;
  let answers = 0;

  /** Allocates and releases without pause, several requests at once, until the daemon is gone. */
  async function keepAsking(running: () => boolean): Promise<void> {
    while (running()) {
      const oldest = live.size > MOST_LEASES * Math.random() ? live.keys().next().value : undefined;
      try {
        if (oldest === undefined) await allocate();
        else await release(oldest);
        answers += 1;
      } catch {
        return;
      }
    }
  }

  async function allocate(): Promise<void> {
    const name = `svc-${names++}`;
    uncertain.asked.add(name);
    const { lock_id: id, port } = await home.api.allocate({
      service_name: name,
      project_path: home.place,
      command: LONG_COMMAND,
      ttl_ms: 3_600_000,
    });
    uncertain.asked.delete(name);
    live.set(id, { id, port });
  }

  async function release(id: string): Promise<void> {
    live.delete(id);
    uncertain.released.add(id);
    await home.api.release(id);
    uncertain.released.delete(id);
    released.add(id);
  }

  function startDaemon(): Running {
    return home.start(['daemon', 'run']);
  }

  async function ready({ pid, process, stderr }: Running): Promise<void> {
    await waitFor(
      async () => process.exitCode !== null || (await home.api.status().catch(() => undefined))?.pid === pid,
      20_000,
      () => `the daemon to answer; it says: ${stderr()}`,
    );
    if (process.exitCode !== null) throw new Error(`the daemon ended with ${process.exitCode}: ${stderr()}`);
  }

  async function compare(round: number): Promise<void> {
    const { allocations } = await home.api.list();
    const present = new Map(allocations.map((each) => [each.lock_id, each]));
    const problems: string[] = [];
    for (const { id, port } of live.values()) {
      if (present.get(id)?.port !== port) problems.push(`${id} on ${port} was acknowledged and is lost`);
    }
    for (const id of present.keys()) {
      if (released.has(id)) problems.push(`${id} was released and is back`);
    }
    for (const { lock_id: id, port, service_name: name } of allocations) {
      if (live.has(id) || released.has(id)) continue;
      if (uncertain.released.has(id) || uncertain.asked.has(name ?? '')) live.set(id, { id, port });
      else problems.push(`${id} on ${port} was never asked for`);
    }
    if (present.size !== new Set(allocations.map(({ port }) => port)).size) {
      problems.push('two leases have one port');
    }
    uncertain.asked.clear();
    uncertain.released.clear();
    expect(problems, `after ${round} kills and ${answers} answers`).toEqual([]);
  }

  test(
    'loses nothing that it has acknowledged and brings nothing back that was released',
    { timeout: 600_000 },
    async () => {
      const startedAt = performance.now();
      let killedAtStart = 0;
      for (let round = 0; round < ROUNDS; round++) {
        const daemon = startDaemon();
        if (Math.random() < KILLED_AT_START) {
          // The moment is what is tested here.
          await sleep(40 + Math.random() * 200);
          killedAtStart += 1;
        } else {
          await ready(daemon);
          await compare(round);
          let running = true;
          const asking = Array.from({ length: 8 }, () => keepAsking(() => running));
          const longest = Math.random() < KILLED_LATE ? 300 : 30;
          // A busy machine answers nobody within so few milliseconds.
          const enough = answers - 1 + Math.random() * MOST_AWAITED;
          while (answers < enough && isAlive(daemon.pid)) await sleep(1);
          await sleep(Math.random() * longest);
          daemon.process.kill('SIGKILL');
          await waitFor(() => !isAlive(daemon.pid), 5000, 'the daemon to be dead');
          running = false;
          await Promise.all(asking);
        }
        daemon.process.kill('SIGKILL');
        await daemon.finished();
      }
      const last = startDaemon();
      await ready(last);
      await compare(ROUNDS);
      const { notices } = await home.api.status();
      expect(notices, 'a torn record is the only damage a kill can do').toEqual([]);
      const seconds = (performance.now() - startedAt) / 1000;
      console.log(
        `${ROUNDS} kills (${killedAtStart} while starting), ${answers} answers: ${seconds.toFixed(0)} s`,
      );
      expect(answers).toBeGreaterThan(ROUNDS);
      await home.cli(['daemon', 'stop']);
      await last.finished();
    },
  );
});
