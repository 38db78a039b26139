import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { silentLogger } from '../../src/base/log.ts';
import { createEngine, type Engine } from '../../src/daemon/engine.ts';
import { createEventBus } from '../../src/daemon/ledger/events.ts';
import { createObserver } from '../../src/daemon/machine/observer.ts';
import { createState } from '../../src/daemon/ledger/state.ts';
import { createAffinities } from '../../src/domain/affinity.ts';
import { createCatalog } from '../../src/domain/service-type.ts';
import { parseUserConfig } from '../../src/settings/parse.ts';
import { serviceType } from '../support/leases.ts';

const once = serviceType('once', 3000, 3009, { behavior: 'single' });

const pause = async (turns: number): Promise<void> => {
  for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate);
};

const unexpected = (): never => {
  throw new Error('nobody asks for this');
};

/** An engine on a machine where looking at a port takes its time. */
function engineWith(probeTurns: () => number): Engine {
  const sources = createState(createCatalog([once]), 0, { leases: [], affinities: createAffinities() });
  let ids = 0;
  return createEngine({
    sources,
    journal: { append: () => undefined },
    isPortFree: async () => (await pause(probeTurns()), true),
    observer: createObserver(
      { readListeners: async () => [], parentOf: () => undefined, leaseMarkerOf: () => undefined },
      sources.leases,
      Date.now,
    ),
    processes: {
      identify: (pid) => ({ pid, startTime: '1' }),
      isAlive: () => true,
      isDescendant: () => false,
      parentOf: () => undefined,
      ageOf: () => undefined,
      processesOf: async () => [],
      endProcesses: async () => undefined,
    },
    settings: () => parseUserConfig({}, 'no file'),
    config: unexpected,
    events: createEventBus(Date.now),
    provisioner: {
      grant: async (_request, _mayProvide, grant) => ({ lease: await grant(), range: undefined }),
      preview: unexpected,
      setEnabled: unexpected,
      undo: unexpected,
      report: unexpected,
    },
    clock: Date.now,
    newId: () => `id-${(ids += 1)}`,
    log: silentLogger,
    status: unexpected,
  });
}

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
        const engine = engineWith(() => turns.shift() ?? 0);
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
            const { state } = await engine.release(lock_id, { share_id });
            if (state !== 'released') expect(await leasesOf(name)).toHaveLength(1);
          }),
        );

        for (const name of ['a', 'b'] as const) {
          const leases = await leasesOf(name);
          expect(leases.flatMap(({ sharers = [] }) => sharers)).toHaveLength(inside[name].size);
          expect(leases).toHaveLength(inside[name].size > 0 ? 1 : 0);
        }
        engine.close();
      }),
      { numRuns: 60 },
    );
  });
});
