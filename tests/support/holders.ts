import { onTestFinished } from 'vitest';
import type { Clock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/log.ts';
import type { Core } from '../../src/daemon/core.ts';
import type { HoldConnection } from '../../src/daemon/holders/connections.ts';
import { createHolders, type Holders } from '../../src/daemon/holders/holders.ts';
import { createEventBus } from '../../src/daemon/ledger/events.ts';
import type { Machine } from '../../src/daemon/machine/facts.ts';
import { createObserver } from '../../src/daemon/machine/observer.ts';
import type { Lease, ProcessId } from '../../src/domain/lease.ts';
import { parseUserConfig } from '../../src/settings/parse.ts';
import { ledgerFor, type TestLedger } from './ledger.ts';
import { lease, type LeaseFacts } from './leases.ts';
import { quietMachine } from './machine.ts';

/** The machine and the settings, as the test wants them to be. */
export interface World {
  /** ms, for all clocks */
  now: number;
  alive: ProcessId[];
  /** What was started for whatever lease, and lives. */
  started: ProcessId[];
  listening: Set<number>;
  /** A process of the lease was seen on its port. */
  wasSeen: boolean;
  policy: 'reap' | 'adopt';
  ageMs: number;
}

export interface TestHolders {
  readonly world: World;
  readonly books: TestLedger;
  readonly holders: Holders;
  /** What became of leases, and what holders heard, in words. */
  readonly story: string[];
  /** Adds a lease on this port. */
  leased(own?: LeaseFacts & { port?: number }): Lease;
  at(port?: number): Lease | undefined;
  /** An open response of the first hold, or of a named one. */
  connect(lockId: string, holdId?: string, name?: string): HoldConnection;
}

/** @param uptime by default the world's own time */
export function testHolders(
  own: Partial<Machine> = {},
  ledger: TestLedger = ledgerFor(),
  uptime?: Clock,
): TestHolders {
  const world: World = {
    now: 0,
    alive: [],
    started: [],
    listening: new Set(),
    wasSeen: false,
    policy: 'reap',
    ageMs: 0,
  };
  const story: string[] = [];
  const { state } = ledger;
  const holders = createHolders(
    { ...coreOf(world, ledger, story, own), ...(uptime && { uptime }) },
    {
      wasInUse: () => world.wasSeen,
      onMove: () => undefined,
    },
    { onStale: () => undefined },
  );
  ledger.ledger.subscribe({
    changed(next, before) {
      if (before && !before.orphanedAt && next.orphanedAt !== undefined) story.push(`${next.id} orphaned`);
    },
    ended: ({ id }, reason) => void story.push(`${id} ${reason}`),
  });
  onTestFinished(holders.closeHolders);
  return {
    world,
    books: ledger,
    holders,
    story,
    leased({ port = 3000, ...facts } = {}) {
      const made = lease(port, facts);
      ledger.ledger.add(made);
      return made;
    },
    at: (port = 3000) => state.leases.at(port),
    connect(lockId, holdId = state.leases.get(lockId)?.holds[0].id ?? '', name = 'wrapper') {
      const connection: HoldConnection = {
        send: (event) => void story.push(`${name} hears ${'reason' in event ? event.reason : event.event}`),
        close: () => void story.push(`${name} closed`),
      };
      holders.watch.connect({ lockId, holdId }, connection);
      return connection;
    },
  };
}

function coreOf(world: World, { state, ledger }: TestLedger, story: string[], own: Partial<Machine>): Core {
  const isAlive = ({ pid, startTime }: ProcessId): boolean =>
    world.alive.some((each) => each.pid === pid && each.startTime === startTime);
  const machine = quietMachine({
    isAlive,
    exists: (pid) => world.alive.some((each) => each.pid === pid),
    processesOf: async () => world.started,
    ageOf: () => world.ageMs,
    isPortFree: async (port) => !world.listening.has(port),
    portsInUse: async () => world.listening,
    async endProcesses(processes) {
      story.push(`ended processes ${processes.map(({ pid }) => pid).join()}`);
      world.started = [];
    },
    ...own,
  });
  let ids = 0;
  return {
    state,
    ledger,
    machine,
    observer: createObserver(machine, state.leases, () => world.now),
    settings: () => parseUserConfig({ on_wrapper_death: world.policy }, 'test'),
    events: createEventBus(() => world.now),
    clock: () => world.now,
    uptime: () => world.now,
    newId: () => `id-${(ids += 1)}`,
    log: silentLogger,
  };
}
