import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { silentLogger } from '../../../../src/base/log.ts';
import { createEventBus } from '../../../../src/daemon/ledger/events.ts';
import { createObserver, type Observer } from '../../../../src/daemon/machine/observer.ts';
import { createStates, type States } from '../../../../src/daemon/machine/states.ts';
import { createSweep } from '../../../../src/daemon/machine/sweep.ts';
import type { Lease } from '../../../../src/domain/lease.ts';
import type { LeaseTable } from '../../../../src/domain/lease-table.ts';
import { ledgerFor, type TestLedger } from '../../../support/ledger.ts';
import { lease, type LeaseFacts } from '../../../support/leases.ts';

const SERVICE = { pid: 20, startTime: '2' };
const started: LeaseFacts = { holder: { kind: 'connection', pid: 10, startTime: '1' }, service: SERVICE };

const CONTAINER = {
  name: 'web-1',
  image: 'nginx',
  compose_project: null,
  compose_service: null,
  created_at: '2026-11-27T10:00:00.000Z',
};

let books: TestLedger;
let leases: LeaseTable;
let observer: Observer;
let states: States;
/** The ports on which the program listens. */
let listens: number[];
/** It is a container that does. */
let isContainer: boolean;
let now: number;
let looks: number;
let story: string[];

beforeEach(() => {
  [listens, now, looks, story] = [[], 0, 0, []];
  isContainer = false;
  books = ledgerFor();
  leases = books.state.leases;
  const facts = {
    async readListeners() {
      looks += 1;
      return listens.map((port) => ({
        address: '127.0.0.1',
        port,
        pid: isContainer ? null : SERVICE.pid,
        command: 'node',
        cwd: '/',
        user: 'maria',
        started_at: null,
        project_path: null,
        branch: null,
        container: isContainer ? CONTAINER : null,
      }));
    },
    portsInUse: async () => new Set(listens),
    parentOf: () => undefined,
    leaseMarkerOf: () => undefined,
  };
  observer = createObserver(facts, leases, () => now, new Set([9876]));
});

function sweeping(): void {
  const events = createEventBus(() => now);
  events.subscribe(({ event, lock_id, pid }) => void story.push(`${lock_id} ${event} by ${String(pid)}`));
  const parts = { state: books.state, ledger: books.ledger, observer, uptime: () => now };
  states = createStates({ ...parts, events });
  const sweep = createSweep({ ...parts, states, log: silentLogger });
  states.onMove(
    ({ id }, event) =>
      void story.push(
        `${id} hears ${event.event} ${'actual_ports' in event ? event.actual_ports.join() : ''}`,
      ),
  );
  onTestFinished(sweep.close);
}

function leased(port = 3000, own: LeaseFacts = started): Lease {
  const made = lease(port, own);
  books.ledger.add(made);
  return made;
}

/** Somebody looks at the machine, so many milliseconds later. */
async function look(afterMs: number): Promise<void> {
  now += afterMs;
  await observer.observe({ afresh: true });
}

test('a program that listens on its port is bound, said once to all and once to who started it', async () => {
  sweeping();
  leased();
  listens = [3000];
  await look(0);
  await look(200);
  expect(story).toEqual(['lease-3000 bound by 20', 'lease-3000 hears bound ']);
  expect(states.wasInUse('lease-3000')).toBe(true);
});

test('a port that a container serves is bound, and yet no process of the lease was seen there', async () => {
  sweeping();
  leased();
  [listens, isContainer] = [[3000], true];
  await look(0);
  expect(story).toEqual(['lease-3000 bound by null', 'lease-3000 hears bound ']);
  expect(states.wasInUse('lease-3000')).toBe(false);
});

test('a program that listens elsewhere gets that port too at once; its user is told when it has settled there', async () => {
  sweeping();
  const { id } = leased();
  listens = [5173];
  await look(0);
  expect(leases.at(5173)?.id).toBe(id);
  expect(leases.get(id)?.driftedTo).toEqual([5173]);
  await look(300);
  expect(story).toEqual(['lease-3000 drifted by 20']);
  await look(200);
  await look(200);
  expect(story).toEqual(['lease-3000 drifted by 20', 'lease-3000 hears drifted 5173']);
});

test('a program that comes to its port gives the other one back, and who was told hears of it', async () => {
  sweeping();
  leased();
  listens = [5173];
  await look(0);
  await look(2000);
  story = [];
  listens = [5173, 3000];
  await look(100);
  expect(leases.at(5173)).toBeUndefined();
  expect(story).toEqual(['lease-3000 bound by 20', 'lease-3000 hears bound ']);
});

test('a helper that a program opens before its own port is no news of a drift', async () => {
  sweeping();
  leased();
  listens = [5173];
  await look(0);
  listens = [5173, 3000];
  await look(300);
  expect(story).toEqual(['lease-3000 drifted by 20', 'lease-3000 bound by 20', 'lease-3000 hears bound ']);
});

test('a port that it has taken instead is remembered for its next start when it has settled there', async () => {
  sweeping();
  leased(3000, { ...started, project: '/shop', name: 'web' });
  const remembered = () => books.state.affinities.portsOf(JSON.stringify(['/shop', 'dev', 'web']));
  listens = [5173];
  await look(0);
  await look(1400);
  expect(remembered()).not.toContain(5173);
  await look(200);
  expect(remembered()[0]).toBe(5173);
});

test('a port that the system chose is claimed at once as well, and believed later', async () => {
  sweeping();
  leased();
  listens = [41_000];
  await look(0);
  await look(5000);
  expect(leases.at(41_000)?.id).toBe('lease-3000');
  expect(story).toEqual(['lease-3000 drifted by 20']);
  await look(5000);
  expect(story).toContain('lease-3000 hears drifted 41000');
});

test("neither a port of another lease nor the daemon's own is claimed", async () => {
  sweeping();
  leased();
  leased(3001, { holder: { kind: 'process', pid: 30, startTime: '3' } });
  listens = [3001, 9876];
  await look(0);
  expect([leases.get('lease-3000')?.driftedTo, leases.at(3001)?.id]).toEqual([undefined, 'lease-3001']);
  expect(story).toEqual([]);
});

test('after a restart a drift that was told is not told again', async () => {
  sweeping();
  leased(3000, { ...started, driftedTo: [5173] });
  listens = [5173];
  await look(0);
  await look(20_000);
  expect(story).toEqual([]);
  expect(states.wasInUse('lease-3000')).toBe(true);
});

/** Time passes, and timers fire. */
async function pass(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 10) {
    now += 10;
    await vi.advanceTimersByTimeAsync(10);
  }
}

describe('by itself it looks', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  test('for programs that were started, until they listen; for many at once by the same looks', async () => {
    sweeping();
    for (let port = 3000; port < 3050; port++) leased(port);
    await pass(900);
    expect(looks).toBe(3);
    listens = Array.from({ length: 50 }, (_, index) => 3000 + index);
    await pass(1000);
    const bound = story.filter((line) => line.includes('bound by'));
    expect([looks, bound.length]).toEqual([4, 50]);
    await pass(60_000);
    expect(looks).toBe(4);
  });

  test('only at the ports in use for a program that never listens, and after a quarter of an hour no more', async () => {
    sweeping();
    leased();
    await pass(120_000);
    const before = looks;
    expect(before).toBeLessThan(15);
    await pass(120_000);
    expect(looks).toBe(before);
    await pass(800_000);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('within a second of the bind, however long a program took, and tells of a drift within the next', async () => {
    sweeping();
    leased();
    await pass(200_123);
    listens = [3000];
    await pass(1000);
    expect(story.at(-1)).toBe('lease-3000 hears bound ');
    leased(3001);
    await pass(50_123);
    listens = [3000, 5173];
    await pass(1000);
    expect(story.at(-1)).toBe('lease-3001 hears drifted 5173');
  });

  test('soon for a program that has drifted, until it comes back', async () => {
    sweeping();
    leased();
    listens = [5173];
    await pass(3000);
    listens = [3000];
    await pass(3000);
    expect(story).toEqual([
      'lease-3000 drifted by 20',
      'lease-3000 hears drifted 5173',
      'lease-3000 bound by 20',
      'lease-3000 hears bound ',
    ]);
  });

  test('not for a lease that has ended, nor for one that no process keeps', async () => {
    sweeping();
    const ended = leased();
    books.ledger.end(ended.id, 'released');
    leased(3001, {});
    await pass(60_000);
    expect(looks).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });
});
