import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { startEngine } from '../support/engine.ts';
import { quietMachine } from '../support/machine.ts';
import { runs } from '../support/runs.ts';

const pause = async (turns: number): Promise<void> => {
  for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate);
};

/** An engine on a machine where looking at a port takes its time. */
const engineWith = (probeTurns: () => number) =>
  startEngine(
    { service_types: { once: { port_range: [20_000, 20_009], instance_behavior: 'single' } } },
    { machine: quietMachine({ isPortFree: async () => (await pause(probeTurns()), true) }) },
  );

interface User {
  name: string;
  startsAfter: number;
  probeTurns: number;
  /** How long it stays; undefined: it never leaves. */
  staysFor: number | undefined;
}

const user: fc.Arbitrary<User> = fc.record({
  name: fc.constantFrom('a', 'b'),
  startsAfter: fc.nat(12),
  probeTurns: fc.nat(6),
  staysFor: fc.option(fc.nat(12), { nil: undefined }),
});

describe('however slowly ports are looked at, and whoever comes and goes meanwhile', () => {
  test('a service that runs once has one lease, all who use it are in it, and it ends with the last', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(user, { minLength: 1, maxLength: 40, size: 'max' }), async (users) => {
        const turns = users.map(({ probeTurns }) => probeTurns);
        await using started = await engineWith(() => turns.shift() ?? 0);
        const engine = started.coordinator;
        const inside = { a: new Set<string>(), b: new Set<string>() };
        const leasesOf = async (name: string) =>
          (await engine.list()).allocations.filter((each) => each.service_name === name);

        await Promise.all(
          users.map(async ({ name, startsAfter, staysFor }) => {
            await pause(startsAfter);
            const answer = await engine.allocate({ service_type: 'once', service_name: name });
            const { share_id = '', lock_id } = answer;
            const who = inside[name as 'a' | 'b'];
            who.add(share_id);
            // No answer names a port without a lease, or another one than everybody else has.
            expect((await leasesOf(name)).map((each) => each.lock_id)).toEqual([lock_id]);
            if (staysFor === undefined) return;
            await pause(staysFor);
            who.delete(share_id);
            const others = [...who];
            await engine.release(lock_id, { share_id });
            const found = await leasesOf(name);
            // Those who were there before and after have had it all the time.
            if (others.some((other) => who.has(other))) expect(found).toHaveLength(1);
          }),
        );

        for (const name of ['a', 'b'] as const) {
          const leases = await leasesOf(name);
          expect(leases.flatMap(({ sharers = [] }) => sharers)).toHaveLength(inside[name].size);
          expect(leases).toHaveLength(inside[name].size > 0 ? 1 : 0);
        }
      }),
      runs(60),
    );
  });
});
