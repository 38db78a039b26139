import { beforeEach, expect, test } from 'vitest';
import { silentLogger } from '../../../../src/base/log.ts';
import {
  endSilentInstances,
  heartbeat,
  listInstances,
  noteAsker,
  registerInstance,
  removeInstance,
  watchInstances,
} from '../../../../src/daemon/holders/instances.ts';
import { createEventBus } from '../../../../src/daemon/ledger/events.ts';
import type { AllocateBody } from '../../../../src/protocol/requests/allocate.ts';
import type { RegisterBody } from '../../../../src/protocol/requests/instance.ts';
import type { JournalRecord } from '../../../../src/domain/records.ts';
import { parseUserConfig } from '../../../../src/settings/parse.ts';
import { testHolders } from '../../../support/holders.ts';
import { replayed } from '../../../support/records.ts';
import { ledgerFor } from '../../../support/ledger.ts';

const MINUTE = 60_000;
const agent = { pid: 7, startTime: '70' };

/** The machine, as the test wants it to be: what lives, and what was started by what. */
let machine: { now: number; alive: (typeof agent)[]; parents: Map<number, number> };
let story: string[];
beforeEach(() => {
  machine = { now: 1000, alive: [agent], parents: new Map() };
  story = [];
});

function isBelow(parents: ReadonlyMap<number, number>, pid: number, ancestor: number): boolean {
  const parent = parents.get(pid);
  return parent !== undefined && (parent === ancestor || isBelow(parents, parent, ancestor));
}

/** @param known what the last daemon has written */
function instances(known: readonly JournalRecord[] = [], settings = {}) {
  const events = createEventBus(() => machine.now);
  events.subscribe(({ event, instance_id, reason }) =>
    story.push(`${event} ${instance_id}${typeof reason === 'string' ? ` ${reason}` : ''}`),
  );
  const books = ledgerFor();
  for (const instance of replayed(known).instances.values()) books.state.instances.put(instance);
  const isAlive = ({ pid, startTime }: typeof agent): boolean =>
    machine.alive.some((each) => each.pid === pid && each.startTime === startTime);
  const made = testHolders(
    {
      identify: (pid) => machine.alive.find((each) => each.pid === pid),
      isAlive,
      isDescendant: (pid, ancestor) => isBelow(machine.parents, pid, ancestor),
    },
    books,
    () => machine.now,
  );
  const context = {
    ...made.holders,
    settings: () => parseUserConfig({ recovery: { health_monitoring: settings } }, 'no file'),
    events,
    clock: () => machine.now,
    log: silentLogger,
    heard: new Map<string, number>(),
    listeningSince: machine.now,
  };
  watchInstances(context);
  return {
    books,
    has: (id: string) => books.state.instances.get(id) !== undefined,
    check: () => endSilentInstances(context, isAlive),
    registerInstance: (body: RegisterBody) => registerInstance(context, body),
    heartbeat: (id: string) => heartbeat(context, id),
    listInstances: () => listInstances(context),
    removeInstance: (id: string) => removeInstance(context, id),
    noteAsker: (body: AllocateBody) => noteAsker(context, body),
    resume: () => books.ledger.resume(),
  };
}

test('an instance that is not heard of for 90 s has ended, not before', async () => {
  const all = instances();
  await all.registerInstance({ instance_id: 'a' });
  machine.now += 1.5 * MINUTE - 1;
  all.check();
  expect(all.has('a')).toBe(true);
  await all.heartbeat('a');
  machine.now += 1.5 * MINUTE - 1;
  all.check();
  expect(all.has('a')).toBe(true);
  machine.now += 1;
  all.check();
  expect(story).toEqual(['instance_registered a', 'instance_ended a silent']);
});

test('the time of silence follows the settings', async () => {
  const all = instances([], { check_interval_ms: 1000, max_failures: 2 });
  const { expires_at } = await all.registerInstance({ instance_id: 'a' });
  expect(Date.parse(expires_at ?? '')).toBe(machine.now + 2000);
  machine.now += 2000;
  all.check();
  expect(all.has('a')).toBe(false);
});

test('asking for a port is a sign of life', async () => {
  const all = instances();
  await all.registerInstance({ instance_id: 'a' });
  machine.now += MINUTE;
  all.noteAsker({ service_type: 'dev', instance_id: 'a' });
  machine.now += MINUTE;
  all.check();
  expect(all.has('a')).toBe(true);
});

test('an instance with a process needs no heartbeat, and ends with it, also when its pid is used again', async () => {
  const all = instances();
  await all.registerInstance({ instance_id: 'a', process_id: agent.pid });
  machine.now += 1000 * MINUTE;
  all.check();
  expect(all.has('a')).toBe(true);
  machine.alive = [{ ...agent, startTime: '99' }];
  all.check();
  expect(story.slice(1)).toEqual(['instance_ended a process_ended']);
});

test('silence while no daemon ran is nobody’s fault', async () => {
  const before = instances();
  await before.registerInstance({ instance_id: 'a' });
  machine.now += 60 * MINUTE;
  const after = instances(before.books.written);
  after.resume();
  after.check();
  expect(after.has('a')).toBe(true);
  machine.now += 1.5 * MINUTE;
  after.check();
  expect(after.has('a')).toBe(false);
});

test('what was registered is read back as it was, and what ended stays so', async () => {
  const all = instances();
  await all.registerInstance({
    instance_id: 'a',
    process_id: agent.pid,
    working_directory: '/p',
    metadata: { n: 1, ok: true, text: 'ä' },
  });
  machine.now += 10;
  await all.registerInstance({ instance_id: 'b' });
  await all.heartbeat('b');
  await all.registerInstance({ instance_id: 'c' });
  await all.removeInstance('c');
  const again = instances(all.books.written);
  expect(await again.listInstances()).toEqual(await all.listInstances());
});

test('on a full disk nothing is registered and nothing removed, but who lives is heard', async () => {
  const all = instances();
  await all.registerInstance({ instance_id: 'a' });
  all.books.diskError = new Error('ENOSPC');
  await expect(all.registerInstance({ instance_id: 'b' })).rejects.toThrow('ENOSPC');
  await expect(all.removeInstance('a')).rejects.toThrow('ENOSPC');
  machine.now += 5;
  expect(await all.heartbeat('a')).toMatchObject({ last_heartbeat: new Date(machine.now).toISOString() });
  expect((await all.listInstances()).instances.map(({ instance_id }) => instance_id)).toEqual(['a']);
});

test('a session is believed only when it has started who asks', () => {
  const all = instances();
  const ask = { service_type: 'dev', instance_id: 'claude-1', session: { process_id: 7, asked_by: 8 } };
  all.noteAsker(ask);
  expect(all.has('claude-1')).toBe(false);
  machine.parents.set(8, 7);
  all.noteAsker(ask);
  expect(all.has('claude-1')).toBe(true);
  machine.parents.clear();
  all.noteAsker(ask);
  expect(story).toEqual(['instance_registered claude-1']);
});

test('an asker that names no session belongs to the innermost agent that has started it', () => {
  const inner = { pid: 20, startTime: '200' };
  const all = instances();
  machine.alive = [agent, inner];
  machine.parents = new Map([
    [20, 7],
    [30, 7],
  ]);
  void all.registerInstance({ instance_id: 'outer', process_id: 7, metadata: { agent: 'codex' } });
  void all.registerInstance({ instance_id: 'inner', process_id: 20, metadata: { agent: 'codex' } });
  void all.registerInstance({ instance_id: 'terminal', process_id: 7 });
  const sessionOf = (body: Partial<AllocateBody>) =>
    all.noteAsker({ service_type: 'dev', ...body }).instance_id;
  expect(sessionOf({ process_id: 30 })).toBe('outer');
  machine.parents.set(40, 20);
  expect(sessionOf({ process_id: 40 })).toBe('inner');
  expect(sessionOf({ process_id: 40, instance_id: 'named' })).toBe('named');
  expect(sessionOf({ process_id: 50 })).toBeUndefined();
  expect(sessionOf({ process_id: 40, pid_namespace: 'pid:[1]' })).toBeUndefined();
  expect(sessionOf({})).toBeUndefined();
});
