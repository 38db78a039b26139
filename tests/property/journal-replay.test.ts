import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { silentLogger } from '../../src/base/log.ts';
import { createLedger } from '../../src/daemon/ledger/ledger.ts';
import { createState, recordsOf } from '../../src/daemon/ledger/state.ts';
import { affinityKey, affinityOf, createAffinities } from '../../src/domain/affinity.ts';
import type { CandidateSources } from '../../src/domain/candidates.ts';
import type { JournalRecord } from '../../src/domain/records.ts';
import { createCatalog } from '../../src/domain/service-type.ts';
import { readSealedLog, sealRecord } from '../../src/system/files/sealed-log.ts';
import { replayed } from '../support/records.ts';
import { lease, serviceType } from '../support/leases.ts';
import { runs } from '../support/runs.ts';

const catalog = createCatalog([serviceType('dev', 3000, 3003)]);
const names = ['a', 'b', 'c'];

type Operation =
  | { do: 'grant'; port: number; name: string | undefined }
  | { do: 'end' | 'change' | 'listen'; nth: number }
  | { do: 'forget'; name: string };

const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({
    do: fc.constant('grant' as const),
    port: fc.integer({ min: 3000, max: 3003 }),
    name: fc.option(fc.constantFrom(...names), { nil: undefined }),
  }),
  fc.record({
    do: fc.constantFrom('end' as const, 'change' as const, 'listen' as const, 'listen' as const),
    nth: fc.nat(7),
  }),
  fc.record({ do: fc.constant('forget' as const), name: fc.constantFrom(...names) }),
);

/** A daemon's memory and journal. */
function live(operations: readonly Operation[]) {
  const sources = createState(catalog, 0, { leases: [], affinities: createAffinities() });
  const journal: JournalRecord[] = [];
  const append = (record: JournalRecord): void =>
    void journal.push(JSON.parse(JSON.stringify(record)) as JournalRecord);
  const ledger = createLedger({ state: sources, journal: { append }, clock: () => 7, log: silentLogger });
  /** The memory after each record. */
  const memories = [memoryOf(sources)];
  for (const [index, each] of operations.entries()) {
    const chosen = 'nth' in each ? [...sources.leases.all()][each.nth % sources.leases.size] : undefined;
    const key = chosen && affinityOf(chosen);
    if (each.do === 'grant') {
      if (sources.leases.at(each.port)) continue;
      ledger.add(lease(each.port, { id: `id-${index}`, project: '/p', name: each.name }));
    } else if (chosen && each.do === 'change') {
      ledger.change({ ...chosen, service: { pid: index + 1, startTime: '1' } });
    } else if (each.do === 'forget') ledger.forget(affinityKey('/p', 'dev', each.name) ?? '');
    else if (chosen && each.do === 'end') ledger.end(chosen.id, 'released');
    else if (chosen && key !== undefined) ledger.remember(key, chosen.port);
    else continue;
    memories.push(memoryOf(sources));
  }
  return { sources, journal, memories };
}

/** All that must survive the daemon's end. */
function memoryOf({ leases, affinities }: Pick<CandidateSources, 'affinities' | 'leases'>) {
  const byPort = [...leases.all()].toSorted((a, b) => a.port - b.port);
  const habits = names.map((name) => affinities.get(affinityKey('/p', 'dev', name) ?? '') ?? null);
  const owners = [3000, 3001, 3002, 3003].map((port) => affinities.ownerOf(port));
  return { leases: JSON.parse(JSON.stringify(byPort)) as unknown, habits, owners };
}

function remember(records: readonly JournalRecord[]) {
  const { leases: live, affinities } = replayed(records);
  const leases = [...live.values()];
  return createState(catalog, 0, { leases, affinities });
}

const anyLife = (check: (life: ReturnType<typeof live>) => void): void =>
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 60, size: 'max' }), (operations) => check(live(operations))),
    runs(300),
  );

describe('after any life of the daemon', () => {
  test('its journal gives its memory back', () => {
    anyLife(({ sources, journal }) => {
      expect(memoryOf(remember(journal))).toEqual(memoryOf(sources));
    });
  });

  test('its journal gives the memory of every moment before', () => {
    anyLife(({ journal, memories }) => {
      for (const [count, memory] of memories.entries())
        expect(memoryOf(remember(journal.slice(0, count)))).toEqual(memory);
    });
  });

  test('a compacted journal gives its memory back, and so does what is appended to it', () => {
    anyLife(({ sources, journal }) => {
      const half = journal.slice(0, Math.floor(journal.length / 2));
      const compacted = [...recordsOf(remember(half))];
      const { leases, habits } = memoryOf(remember([...compacted, ...journal.slice(half.length)]));
      expect({ leases, habits }).toEqual({
        leases: memoryOf(sources).leases,
        habits: memoryOf(sources).habits,
      });
    });
  });

  test('a crash in the middle of a write costs that record only', () => {
    const place = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 20, size: 'max' }), place, (operations, at) => {
        const { journal, memories } = live(operations);
        const seals = journal.map(sealRecord);
        const bytes = Buffer.concat(seals);
        const cut = Math.floor(at * bytes.length);
        let [whole, end] = [0, 0];
        for (const { length } of seals) if ((end += length) - 1 <= cut) whole += 1;
        const { records } = readSealedLog(bytes.subarray(0, cut));
        expect(memoryOf(remember(records as JournalRecord[]))).toEqual(memories[whole]);
      }),
      runs(300),
    );
  });
});
