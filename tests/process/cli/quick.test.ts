import { performance } from 'node:perf_hooks';
import { expect, describe, test } from 'vitest';
import { startProgram, styxyHome } from '../../support/home.ts';
import { bareStart } from '../../support/pace.ts';

const ROUNDS = 6;
/** A bare Node start is the floor; this is the room above it, on a machine that is busy with other tests. */
const MOST = 5;

/** The shortest of some rounds, ms: what others do on this machine only ever adds to it. */
async function shortest(programs: readonly (() => Promise<unknown>)[]): Promise<number[]> {
  const best = programs.map(() => Infinity);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, program] of programs.entries()) {
      const startedAt = performance.now();
      await program();
      best[index] = Math.min(best[index] ?? Infinity, performance.now() - startedAt);
    }
  }
  return best;
}

describe('an answer takes little more than a start of Node', () => {
  const home = styxyHome();
  const bare = () => startProgram([process.execPath, '-e', '0'], { env: home.env }).finished();
  const inTime = ([floor = NaN, ...answers]: number[], what: string) => {
    console.log(
      `${what}: node -e 0 ${floor.toFixed(0)} ms, then ${answers.map((ms) => ms.toFixed(0)).join(', ')} ms`,
    );
    for (const ms of answers) expect(ms).toBeLessThan(floor * MOST);
  };

  test('that there is no daemon: `status`, and a command that needs one', async () => {
    const env = { STYXY_NO_DAEMON: '1' };
    const silent = [
      async () => expect((await home.cli(['status'], { env })).code).toBe(1),
      async () => expect((await home.cli(['list'], { env })).code).toBe(69),
    ];
    inTime(await shortest([bare, ...silent]), 'without a daemon');
    expect(home.daemons()).toEqual([]);
  });

  test('of a daemon: `status`, `check` and `list` with fifty leases', async () => {
    await home.cli(['daemon', 'start']);
    for (let index = 0; index < 50; index++) await home.api.allocate({ ttl_ms: 600_000 });
    const asked = [['status'], ['check', String(home.ports.last)], ['list']].map(
      (words) => async () => expect((await home.cli(words)).code).toBe(0),
    );
    inTime(await shortest([bare, ...asked]), 'with a daemon');
  });

  test('a release waits for nothing, however many leases come and go', async () => {
    const times: number[] = [];
    for (let round = 0; round < 300; round++) {
      const { lock_id } = await home.api.allocate({ ttl_ms: 600_000 });
      const startedAt = performance.now();
      await home.api.release(lock_id);
      times.push(performance.now() - startedAt);
    }
    const [p50 = NaN, p99 = NaN] = [0.5, 0.99].map((share) => times.toSorted((a, b) => a - b)[share * 300]);
    console.log(`release: p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms`);
    expect(p99 / (await bareStart())).toBeLessThan(3);
  });
});
