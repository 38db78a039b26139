import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { silentLogger } from '../../../../src/base/log.ts';
import {
  createLifetimes,
  type HoldConnection,
  type LifetimeParts,
  type Lifetimes,
} from '../../../../src/daemon/holders/lifetimes.ts';
import { heldByHeir, type Holder, type Lease } from '../../../../src/domain/lease.ts';
import type { LeaseTable } from '../../../../src/domain/lease-table.ts';
import type { ProcessIdentity } from '../../../../src/system/process/identity.ts';
import { lease, serviceType, sourcesFor } from '../../../support/leases.ts';

const child: ProcessIdentity = { pid: 7, startTime: '70' };
const parent: ProcessIdentity = { pid: 5, startTime: '50' };

/** The machine, as the test wants it to be. */
let machine: {
  now: number;
  alive: ProcessIdentity[];
  children: ProcessIdentity[];
  listening: Set<number>;
  wasInUse: boolean;
};
let leases: LeaseTable;
let story: string[];

beforeEach(() => {
  machine = { now: 0, alive: [], children: [], listening: new Set(), wasInUse: false };
  leases = sourcesFor([serviceType('dev', 3000, 3099)]).leases;
  story = [];
});

function lifetimes(own: Partial<LifetimeParts> = {}): Lifetimes {
  const made = createLifetimes({
    leases,
    clock: () => machine.now,
    uptime: () => machine.now,
    log: silentLogger,
    onWrapperDeath: () => 'reap',
    processes: {
      isAlive: ({ pid, startTime }) =>
        machine.alive.some((each) => each.pid === pid && each.startTime === startTime),
      processesOf: async () => machine.children,
      endProcesses: async (processes) =>
        void story.push(`ended processes ${processes.map(({ pid }) => pid).join()}`),
    },
    portsInUse: async () => machine.listening,
    isPortFree: async (port) => !machine.listening.has(port),
    wasInUse: () => machine.wasInUse,
    orphan(orphaned) {
      leases.replace({ ...orphaned, orphanedAt: machine.now });
      story.push(`${orphaned.id} orphaned`);
    },
    change: (changed) => leases.replace(changed),
    end: (id, reason) => {
      leases.remove(id);
      story.push(`${id} ${reason}`);
    },
    ...own,
  });
  onTestFinished(made.close);
  return made;
}

function leased(holder: Holder, own: Partial<Lease> = {}): Lease {
  const made = lease(3000, { holder, ...own });
  leases.add(made);
  return made;
}

const connection = (name: string): HoldConnection => ({
  send: (event) => void story.push(`${name} hears ${'reason' in event ? event.reason : event.event}`),
  close: () => void story.push(`${name} closed`),
});

describe('a deadline', () => {
  test('ends a lease whose port nobody uses, not before its time', async () => {
    const watcher = lifetimes();
    watcher.watch(leased({ kind: 'ttl', expiresAt: 100 }));
    machine.now = 99;
    await watcher.checkAll();
    expect(story).toEqual([]);
    machine.now = 100;
    await watcher.checkAll();
    expect(story).toEqual(['lease-3000 expired']);
  });

  test('leaves an orphan while something listens on the port, and ends it a moment after that', async () => {
    const watcher = lifetimes();
    watcher.watch(leased({ kind: 'ttl', expiresAt: 100 }));
    machine.listening.add(3000);
    machine.now = 100;
    await watcher.checkAll();
    await watcher.checkAll();
    expect(leases.at(3000)).toMatchObject({ holder: { kind: 'ttl', expiresAt: 100 }, orphanedAt: 100 });
    expect(story).toEqual(['lease-3000 orphaned']);
    machine.listening.clear();
    await expect.poll(() => story, { timeout: 4000 }).toEqual(['lease-3000 orphaned', 'lease-3000 expired']);
  });

  test('leaves an orphan as well where its program has drifted to another port', async () => {
    const watcher = lifetimes();
    watcher.watch(leased({ kind: 'ttl', expiresAt: 100 }, { driftedTo: [5173] }));
    machine.listening.add(5173);
    machine.now = 100;
    await watcher.checkAll();
    expect(story).toEqual(['lease-3000 orphaned']);
  });
});

test('an orphan that its wrapper has left ends with its listener, though the wrapper goes after that', async () => {
  const watcher = lifetimes();
  const held = leased({ kind: 'connection', ...parent });
  const wrapper = connection('wrapper');
  watcher.connect(held.id, wrapper);
  machine.listening.add(3000);
  watcher.leaving(held.id);
  watcher.orphan(held);
  watcher.disconnected(held.id, wrapper);
  machine.listening.clear();
  await expect
    .poll(() => story, { timeout: 4000 })
    .toEqual(['lease-3000 orphaned', 'lease-3000 holder_gone']);
});

describe('a process that holds a lease', () => {
  const holder: Holder = { kind: 'process', ...parent };

  test('keeps it as long as it lives', async () => {
    const watcher = lifetimes();
    machine.alive = [parent];
    watcher.watch(leased(holder));
    await watcher.checkAll();
    expect(story).toEqual([]);
  });

  test('ends it by its own end, also when its pid is used again', async () => {
    const watcher = lifetimes();
    machine.alive = [{ ...parent, startTime: '99' }];
    watcher.watch(leased(holder));
    await watcher.checkAll();
    expect(story).toEqual(['lease-3000 holder_gone']);
  });

  test('leaves it to what it started', async () => {
    const watcher = lifetimes();
    machine.children = [child];
    watcher.watch(leased(holder));
    await watcher.checkAll();
    expect(leases.at(3000)).toMatchObject({ service: child, holder: heldByHeir(child) });
    expect(story).toEqual([]);
  });

  test('leaves an orphan when a process that nothing ties to it still listens; found again after a restart', async () => {
    const watcher = lifetimes();
    machine.listening.add(3000);
    watcher.watch(leased(holder));
    await watcher.checkAll();
    expect(story).toEqual(['lease-3000 orphaned']);
    watcher.close();
    const next = lifetimes();
    next.watch(leases.at(3000)!);
    await next.checkAll();
    expect(story).toEqual(['lease-3000 orphaned']);
    machine.listening.clear();
    await next.checkAll();
    expect(story).toEqual(['lease-3000 orphaned', 'lease-3000 holder_gone']);
  });

  test('is asked about once at each look, however many leases it holds', async () => {
    let questions = 0;
    const watcher = lifetimes({
      processes: {
        isAlive: () => (questions += 1) > 0,
        processesOf: async () => [],
        endProcesses: async () => undefined,
      },
    });
    for (const port of [3000, 3001, 3002]) {
      const made = lease(port, { holder });
      leases.add(made);
      watcher.watch(made);
    }
    await watcher.checkAll();
    expect(questions).toBe(1);
  });
});

describe('a connection that holds a lease', () => {
  const holder: Holder = { kind: 'connection', ...parent };

  test('ends it by its own end', async () => {
    const watcher = lifetimes();
    const open = connection('wrapper');
    watcher.watch(leased(holder));
    watcher.connect('lease-3000', open);
    watcher.disconnected('lease-3000', open);
    await expect.poll(() => story).toEqual(['lease-3000 holder_gone']);
  });

  test('ends it at once when it never read which lease it got', () => {
    const watcher = lifetimes();
    const open = connection('wrapper');
    watcher.watch(leased(holder));
    watcher.connect('lease-3000', open);
    watcher.disconnected('lease-3000', open, true);
    expect(story).toEqual(['lease-3000 holder_gone']);
  });

  test.each([
    ['leaves an orphan when what it ran escaped and still listens', true, 'lease-3000 orphaned'],
    ['ends it when only a stranger listens there', false, 'lease-3000 holder_gone'],
  ])('%s', async (_, wasInUse, told) => {
    const watcher = lifetimes();
    const open = connection('wrapper');
    machine.listening.add(3000);
    machine.wasInUse = wasInUse;
    watcher.watch(leased(holder));
    watcher.connect('lease-3000', open);
    watcher.disconnected('lease-3000', open);
    await expect.poll(() => story).toEqual([told]);
  });

  test('takes the program of a killed wrapper with it', async () => {
    const watcher = lifetimes();
    const open = connection('wrapper');
    machine.children = [child];
    watcher.watch(leased(holder));
    watcher.connect('lease-3000', open);
    watcher.disconnected('lease-3000', open);
    await expect.poll(() => story).toEqual(['ended processes 7', 'lease-3000 reaped']);
  });

  test.each<[string, Holder, ProcessIdentity | undefined]>([
    ['known by its own word', holder, undefined],
    ['known by the program that it started', { kind: 'connection' }, parent],
  ])('leaves alone what runs when the client, %s, is still there', async (_, held, startedBy) => {
    const watcher = lifetimes();
    const open = connection('client');
    machine.children = [child];
    machine.alive = [parent];
    watcher.watch(leased(held, { startedBy }));
    watcher.connect('lease-3000', open);
    watcher.disconnected('lease-3000', open);
    await expect.poll(() => story, { timeout: 10_000 }).toEqual(['lease-3000 holder_gone']);
  });

  test('takes the program of a client with it whose end shows a moment later', async () => {
    const watcher = lifetimes();
    const open = connection('client');
    machine.children = [child];
    machine.alive = [parent];
    watcher.watch(leased({ kind: 'connection' }, { startedBy: parent }));
    watcher.connect('lease-3000', open);
    watcher.disconnected('lease-3000', open);
    setTimeout(() => (machine.alive = []), 60);
    await expect.poll(() => story).toEqual(['ended processes 7', 'lease-3000 reaped']);
  });

  test.each([
    ['to that program', { service: child }, { kind: 'process', ...child }],
    ['to what that program has left, as to an heir', {}, heldByHeir(child)],
  ] as [string, Partial<Lease>, Holder][])(
    'leaves the lease %s where the user wants it so',
    async (_, own, next) => {
      const watcher = lifetimes({ onWrapperDeath: () => 'adopt' });
      const open = connection('wrapper');
      machine.children = [child];
      watcher.watch(leased(holder, own));
      watcher.connect('lease-3000', open);
      watcher.disconnected('lease-3000', open);
      await expect.poll(() => leases.at(3000)?.holder).toEqual(next);
      expect(story).toEqual([]);
    },
  );

  test('is replaced by a newer one, and its late end means nothing', async () => {
    const watcher = lifetimes();
    const [old, young] = [connection('old'), connection('young')];
    watcher.watch(leased(holder));
    watcher.connect('lease-3000', old);
    watcher.connect('lease-3000', young);
    watcher.disconnected('lease-3000', old);
    await watcher.checkAll();
    expect(story).toEqual(['old closed']);
    watcher.ended('lease-3000', 'released');
    expect(story).toEqual(['old closed', 'young hears released', 'young closed']);
  });
});

describe('after a restart of the daemon', () => {
  const holder: Holder = { kind: 'connection', ...parent };

  test('a wrapper has three seconds to come back', async () => {
    const watcher = lifetimes();
    watcher.watch(leased(holder));
    machine.now = 2999;
    await watcher.checkAll();
    expect(story).toEqual([]);
    machine.now = 3000;
    await watcher.checkAll();
    expect(story).toEqual(['lease-3000 holder_gone']);
  });

  test('a wrapper that is only stopped has all the time it needs', async () => {
    const watcher = lifetimes();
    machine.alive = [parent];
    watcher.watch(leased(holder));
    machine.now = 86_400_000;
    await watcher.checkAll();
    expect(story).toEqual([]);
  });

  test('a wrapper that came back is looked after no more', async () => {
    const watcher = lifetimes();
    watcher.watch(leased(holder));
    watcher.connect('lease-3000', connection('wrapper'));
    machine.now = 5000;
    await watcher.checkAll();
    expect(story).toEqual([]);
  });
});
