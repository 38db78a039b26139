import { expect, test } from 'vitest';
import { endServersOfKilledAgents } from '../../../src/daemon/sessions.ts';
import type { Holder } from '../../../src/domain/lease.ts';
import { testHolders } from '../../support/holders.ts';

const WRAPPER = { kind: 'connection', pid: 50, startTime: '5' } as const;

/** A lease of a session, and how the session's instance ends. */
function session(holder: Holder, own: { metadata?: Record<string, string>; instance?: string } = {}) {
  const ended: number[][] = [];
  const endProcesses = async (processes: readonly { pid: number }[]): Promise<void> =>
    void ended.push(processes.map(({ pid }) => pid));
  const made = testHolders({ endProcesses });
  const { world, books, holders } = made;
  endServersOfKilledAgents(holders);
  world.now = 100_000;
  const agent = { pid: 7, startTime: '70' };
  books.ledger.putInstance({
    id: 'claude-1',
    directory: undefined,
    process: agent,
    registeredAt: 90_000,
    lastHeartbeat: 90_000,
    metadata: own.metadata ?? { agent: 'claude-code' },
  });
  made.leased({ holder, instance: own.instance ?? 'claude-1' });
  world.started = [{ pid: 60, startTime: '6' }];
  return {
    world,
    agent,
    /** @returns the pids of each time that processes were ended */
    async ends(): Promise<number[][]> {
      books.ledger.removeInstance('claude-1');
      await new Promise((resolve) => setImmediate(resolve));
      return ended;
    },
  };
}

test('the wrapper of a killed agent is ended, and then all that was started for its lease', async () => {
  expect(await session(WRAPPER).ends()).toEqual([[50], [60]]);
});

test('a process that was only named is ended when it is younger than the session', async () => {
  const holder = { kind: 'process', pid: 51, startTime: '5' } as const;
  const old = session(holder);
  old.world.ageMs = 10_001;
  expect(await old.ends()).toEqual([[60]]);
  const young = session(holder);
  young.world.ageMs = 10_000;
  expect(await young.ends()).toEqual([[51], [60]]);
});

test('nothing is ended for an agent that lives, for a terminal, or of others', async () => {
  const alive = session(WRAPPER);
  alive.world.alive = [alive.agent];
  expect(await alive.ends()).toEqual([]);
  expect(await session(WRAPPER, { metadata: {} }).ends()).toEqual([]);
  expect(await session(WRAPPER, { instance: 'claude-2' }).ends()).toEqual([]);
});
