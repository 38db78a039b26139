import { beforeEach, describe, expect, test } from 'vitest';
import { createObserver, type Observer } from '../../../../src/daemon/machine/observer.ts';
import type { Lease } from '../../../../src/domain/lease.ts';
import type { LeaseTable } from '../../../../src/domain/lease-table.ts';
import type { WireListener } from '../../../../src/protocol/answers/listener.ts';
import { lease, serviceType, sourcesFor, type LeaseFacts } from '../../../support/leases.ts';

/** A machine: who listens, who started whom, who carries a lease's marker. */
let listeners: WireListener[];
let parents: Map<number, number>;
let markers: Map<number, string>;
let looks: number;
let now: number;
let leases: LeaseTable;
let observer: Observer;

beforeEach(() => {
  [listeners, parents, markers, looks, now] = [[], new Map(), new Map(), 0, 0];
  leases = sourcesFor([serviceType('dev', 3000, 3099)]).leases;
  const facts = {
    readListeners: async () => ((looks += 1), listeners),
    portsInUse: async () => new Set(listeners.map(({ port }) => port)),
    parentOf: (pid: number) => parents.get(pid),
    leaseMarkerOf: (pid: number) => markers.get(pid),
  };
  observer = createObserver(facts, leases, () => now);
});

const listener = (port: number, pid: number | null): WireListener => ({
  address: '127.0.0.1',
  port,
  pid,
  command: 'node',
  cwd: '/',
  user: 'maria',
  started_at: null,
  project_path: '/',
  branch: null,
  container: null,
});
const held = (own: LeaseFacts = {}): Lease => {
  const made = lease(3000, { holder: { kind: 'process', pid: 10, startTime: '1' }, ...own });
  leases.add(made);
  return made;
};
const stateOf = async (each: Lease) => (await observer.observe()).stateOf(each);

describe('a lease is bound', () => {
  test.each([
    ['when its holder listens there', 10, []],
    [
      'when a grandchild of its holder does',
      12,
      [
        [12, 11],
        [11, 10],
      ],
    ],
  ] as [string, number, [number, number][]][])('%s', async (_, pid, family) => {
    const made = held();
    parents = new Map(family);
    listeners = [listener(3000, pid)];
    expect(await stateOf(made)).toMatchObject({ state: 'bound', listeners });
  });

  test('when its service listens there', async () => {
    const made = held({ holder: { kind: 'connection' }, service: { pid: 20, startTime: '2' } });
    listeners = [listener(3000, 20)];
    expect((await stateOf(made)).state).toBe('bound');
  });

  test('when a program that left the tree carries its marker', async () => {
    const made = held({ holder: { kind: 'connection' } });
    markers.set(99, made.id);
    leases.add(lease(3001, { holder: { kind: 'process', pid: 1, startTime: '1' } }));
    listeners = [listener(3000, 99)];
    expect((await stateOf(made)).state).toBe('bound');
  });

  test('when a process carries its marker and nothing else is known of any lease', async () => {
    const made = held({ holder: { kind: 'ttl', expiresAt: 1 } });
    leases.add(lease(3001, { holder: { kind: 'process', pid: 1, startTime: '1' } }));
    markers.set(99, made.id);
    listeners = [listener(3000, 99)];
    expect((await stateOf(made)).state).toBe('bound');
  });
});

describe('a listener on the port of a lease that is not of its program', () => {
  const GRANTED_AT = Date.parse('2026-11-27T10:00:00.000Z');
  const at = (address: string, pid: number | null, startedAt: string | null = null): WireListener => ({
    ...listener(3000, pid),
    address,
    started_at: startedAt,
  });

  test.each([
    ['a process of ours', 99],
    ["another user's", null],
  ])('is an outsider beside it: %s', async (_, pid) => {
    const made = held();
    const [own, other] = [at('::1', 10), at('127.0.0.1', pid)];
    listeners = [other, own];
    expect(await stateOf(made)).toMatchObject({ state: 'bound', listeners: [own], outsiders: [other] });
  });

  test('is one without it when it is older than the lease, and may be a helper of its command when it is not', async () => {
    const made = held({ allocatedAt: GRANTED_AT });
    const [older, younger] = [
      at('127.0.0.1', 98, '2026-11-27T09:59:50.000Z'),
      at('::1', 99, '2026-11-27T10:00:02.000Z'),
    ];
    listeners = [older, younger];
    expect(await stateOf(made)).toMatchObject({ state: 'granted', listeners: [younger], outsiders: [older] });
  });

  test.each<[string, LeaseFacts]>([
    ['a deadline', { holder: { kind: 'ttl', expiresAt: 1 } }],
    ['an instance', { holder: { kind: 'instance', id: 'session-1' } }],
  ])('is its program where only %s keeps it', async (_, own) => {
    const made = held(own);
    listeners = [at('127.0.0.1', 99)];
    const seen = await stateOf(made);
    expect(seen).toMatchObject({ state: 'bound', isOwn: false, listeners, outsiders: [] });
  });

  test('is what an orphaned lease is kept for', async () => {
    const made = held({ orphanedAt: 1 });
    listeners = [at('127.0.0.1', 99)];
    expect(await stateOf(made)).toMatchObject({ state: 'orphaned', listeners, outsiders: [] });
  });
});

describe('a container that publishes the port of a lease', () => {
  const GRANTED_AT = Date.parse('2026-11-27T10:00:00.700Z');
  const published = (createdAt: string | null, pid: number | null = null): WireListener => ({
    ...listener(3000, pid),
    container: {
      name: 'web-1',
      image: 'nginx',
      compose_project: null,
      compose_service: null,
      created_at: createdAt,
    },
  });

  test.each([
    ['made after the lease', '2026-11-27T10:00:05.000Z', null],
    ['made within the same second: Docker tells no more', '2026-11-27T10:00:00.000Z', null],
    ["behind a proxy of Docker's that can be seen", '2026-11-27T10:00:05.000Z', 77],
  ])('serves it when it was %s', async (_, createdAt, pid) => {
    const made = held({ allocatedAt: GRANTED_AT });
    listeners = [published(createdAt, pid)];
    expect(await stateOf(made)).toEqual({
      state: 'bound',
      isOwn: false,
      outsiders: [],
      driftedTo: [],
      listeners,
    });
  });

  test.each([
    ['is older than the lease', '2026-11-27T09:59:59.000Z'],
    ['does not tell its age', null],
  ])('does not when it %s, and is shown all the same', async (_, createdAt) => {
    const made = held({ allocatedAt: GRANTED_AT });
    listeners = [published(createdAt)];
    expect(await stateOf(made)).toMatchObject({ state: 'granted', listeners });
  });

  test('does not make up for a holder that has gone', async () => {
    const made = held({ allocatedAt: GRANTED_AT, orphanedAt: GRANTED_AT + 9000 });
    listeners = [published('2026-11-27T10:00:05.000Z')];
    expect((await stateOf(made)).state).toBe('orphaned');
  });
});

describe('a lease has drifted', () => {
  test('when its service listens elsewhere only', async () => {
    const made = held({ service: { pid: 20, startTime: '2' } });
    listeners = [listener(5173, 20)];
    expect(await stateOf(made)).toMatchObject({ state: 'drifted', listeners });
  });

  test('not when nothing was started for it', async () => {
    const made = held();
    listeners = [listener(5173, 10)];
    expect((await stateOf(made)).state).toBe('granted');
  });

  test('not when the other port is a lease of its own', async () => {
    const made = held({ service: { pid: 20, startTime: '2' } });
    leases.add(lease(3001, { holder: { kind: 'process', pid: 20, startTime: '2' } }));
    listeners = [listener(3001, 20)];
    expect((await stateOf(made)).state).toBe('granted');
  });

  test('when a program with its marker listens elsewhere, and not another one of the same run', async () => {
    const service = { pid: 20, startTime: '2' };
    const one = held({ service });
    const other = lease(3001, { holder: { kind: 'process', pid: 10, startTime: '1' }, service });
    leases.add(other);
    parents.set(21, 20);
    markers.set(21, other.id);
    listeners = [listener(4000, 21)];
    expect((await stateOf(one)).state).toBe('granted');
    expect(await stateOf(other)).toMatchObject({ state: 'drifted', driftedTo: [4000] });
  });

  test('when the program that listens elsewhere has the marker of one that is on its port', async () => {
    const service = { pid: 20, startTime: '2' };
    const one = held({ service });
    const other = lease(3001, { holder: { kind: 'process', pid: 10, startTime: '1' }, service });
    leases.add(other);
    for (const pid of [21, 22]) parents.set(pid, 20);
    for (const pid of [21, 22]) markers.set(pid, one.id);
    listeners = [listener(3000, 21), listener(4000, 22)];
    expect((await stateOf(one)).state).toBe('bound');
    expect(await stateOf(other)).toMatchObject({ state: 'drifted', driftedTo: [4000] });
  });

  test('not when it also listens where it should', async () => {
    const made = held({ service: { pid: 20, startTime: '2' } });
    listeners = [listener(5173, 20), listener(3000, 20)];
    expect(await stateOf(made)).toMatchObject({ state: 'bound', listeners: [listener(3000, 20)] });
  });
});

describe('a lease is only granted', () => {
  test('while nothing listens', async () => {
    expect(await stateOf(held())).toMatchObject({ state: 'granted', listeners: [] });
  });

  test('when an outsider or another user listens there, and they are shown', async () => {
    const made = held();
    listeners = [listener(3000, 77), listener(3000, null)];
    expect(await stateOf(made)).toMatchObject({ state: 'granted', listeners });
  });
});

describe('a program with the marker of a lease that has ended, below the holder of another one', () => {
  const [HOLDER, SERVICE, PROGRAM] = [10, 11, 12];

  async function seen() {
    const made = held({ service: { pid: SERVICE, startTime: '2' } });
    parents = new Map([
      [PROGRAM, SERVICE],
      [SERVICE, HOLDER],
    ]);
    listeners = [listener(3005, PROGRAM)];
    markers.set(PROGRAM, 'ended');
    return { made, look: await observer.observe() };
  }

  test.each([
    ['alone', undefined],
    ['and of all of the command', 'ended'],
  ])("is nobody's: the marker is of that program %s", async (_, ofCommand) => {
    if (ofCommand) markers.set(SERVICE, ofCommand);
    const { made, look } = await seen();
    expect(look.leaseOf(listeners[0]!)).toBeUndefined();
    expect(look.stateOf(made)).toMatchObject({ state: 'granted', driftedTo: [] });
  });

  test('is of that holder where it has the marker of what the holder itself runs in', async () => {
    markers.set(HOLDER, 'ended');
    const { made, look } = await seen();
    expect(look.leaseOf(listeners[0]!)).toBe(made);
    expect(look.stateOf(made)).toMatchObject({ state: 'drifted', driftedTo: [3005] });
  });
});

test('a circle among parents is no trap', async () => {
  const made = held();
  parents = new Map([
    [50, 51],
    [51, 50],
  ]);
  listeners = [listener(3000, 50)];
  expect((await stateOf(made)).state).toBe('granted');
});

test('one look serves all who ask within a moment', async () => {
  await Promise.all([observer.observe(), observer.observe()]);
  now = 150;
  await observer.observe();
  expect(looks).toBe(1);
  now = 151;
  await observer.observe();
  expect(looks).toBe(2);
});

test('listeners are found by their port', async () => {
  listeners = [listener(3000, 1), listener(3000, 2), listener(4000, 3)];
  const seen = await observer.observe();
  expect(seen.listenersOn(3000).map(({ pid }) => pid)).toEqual([1, 2]);
  expect([seen.listenersOn(9), seen.all()]).toEqual([[], listeners]);
});
