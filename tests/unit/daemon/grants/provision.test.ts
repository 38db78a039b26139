import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { silentLogger } from '../../../../src/base/log.ts';
import { openConfigStore } from '../../../../src/daemon/config/store.ts';
import { createConfigWriter } from '../../../../src/daemon/config/writer.ts';
import { createEventBus } from '../../../../src/daemon/ledger/events.ts';
import type { GrantContext } from '../../../../src/daemon/grants/grant.ts';
import {
  grantProvided,
  previewType,
  setAutoAllocation,
  undoAutoAllocation,
  type Granted,
  type ProvisionContext,
} from '../../../../src/daemon/grants/provision.ts';
import { createLedger } from '../../../../src/daemon/ledger/ledger.ts';
import { createQueue } from '../../../../src/daemon/ledger/queue.ts';
import { createState } from '../../../../src/daemon/ledger/state.ts';
import { createAffinities } from '../../../../src/domain/affinity.ts';
import type { LeaseRequest } from '../../../../src/domain/request.ts';
import type { DaemonEvent } from '../../../../src/protocol/answers/events.ts';
import { styxyPaths, type Paths } from '../../../../src/system/paths.ts';
import { request } from '../../../support/leases.ts';
import { observerOf, quietMachine } from '../../../support/machine.ts';
import { tempDir } from '../../../support/temp.ts';

const EPHEMERAL = { first: 32_768, last: 60_999 };
const DAEMON_HTTP = 15_015;

let paths: Paths;
let events: DaemonEvent[];
let context: GrantContext & ProvisionContext;
let outsiders: Set<number>;
let ids: number;

function open(config?: object): void {
  if (config) writeFileSync(paths.config, JSON.stringify(config));
  const store = openConfigStore(paths.config);
  const bus = createEventBus(() => 0);
  bus.subscribe((event) => events.push(event));
  const known = { leases: [], affinities: createAffinities() };
  const state = createState(store.catalog, DAEMON_HTTP, known, () => 2);
  context = {
    state,
    ledger: createLedger({ state, journal: { append: () => undefined }, clock: () => 0, log: silentLogger }),
    told: new Map(),
    reasons: new Map(),
    memory: { forgetGone: async () => false },
    observer: observerOf(quietMachine()),
    machine: quietMachine({
      isPortFree: async (port) => !outsiders.has(port),
      ephemeralPorts: async () => EPHEMERAL,
    }),
    events: bus,
    settings: store.settings,
    config: store,
    configFile: paths.config,
    writer: createConfigWriter(paths, store),
    newId: () => `id-${(ids += 1)}`,
    clock: () => 0,
    log: silentLogger,
  };
}

beforeEach(() => {
  const folder = tempDir();
  onTestFinished(folder.remove);
  paths = styxyPaths({ STYXY_HOME: folder.path });
  events = [];
  outsiders = new Set();
  ids = 0;
});

const ask = (type: string, own: Partial<LeaseRequest> = {}): Promise<Granted> =>
  grantProvided(context, request({ type, ...own }), true);
const written = (): unknown => JSON.parse(readFileSync(paths.config, 'utf8'));

test('a new range is told to all who listen, with the rule it follows', async () => {
  open();
  const { range } = await ask('monitoring-grafana');
  expect(range).toEqual([9000, 9019]);
  expect(events).toEqual([
    {
      event: 'type_added',
      time: expect.any(String),
      service_type: 'monitoring-grafana',
      range: [9000, 9019],
      rule: 'monitoring-*',
      placement: 'smart',
    },
  ]);
  expect(written()).toEqual({
    service_types: { 'monitoring-grafana': { port_range: [9000, 9019], auto_allocated: true } },
  });
});

test('100 new types are 100 events, and no more', async () => {
  open();
  const inTurn = createQueue();
  const types = Array.from({ length: 100 }, (_, index) => `svc-${index}`);
  await Promise.all(types.map((type) => inTurn(() => ask(type))));
  expect(events.map(({ event, service_type: type }) => `${event} ${type}`)).toEqual(
    types.map((type) => `type_added ${type}`),
  );
});

test("neither the system's ports nor the daemon's own are in a new range", async () => {
  open({ auto_allocation: { min_port: 15_010, max_port: 15_025, default_chunk_size: 10 } });
  expect((await ask('grafana')).range).toEqual([15_016, 15_025]);
  open({ auto_allocation: { min_port: 32_760, max_port: 61_009, default_chunk_size: 10 } });
  expect((await ask('kafka')).range).toEqual([61_000, 61_009]);
});

test('a chunk of one port works, and grows port by port', async () => {
  open({ auto_allocation: { default_chunk_size: 1 } });
  const ports = [];
  for (let count = 0; count < 4; count++) ports.push((await ask('grafana')).lease.port);
  expect(ports).toEqual([11_510, 11_511, 11_512, 11_513]);
  expect(events.map(({ event, range }) => [event, range])).toEqual([
    ['type_added', [11_510, 11_510]],
    ['config_changed', [11_510, 11_511]],
    ['config_changed', [11_510, 11_512]],
    ['config_changed', [11_510, 11_513]],
  ]);
});

test('a range whose ports are all held by outsiders grows past them', async () => {
  open({ auto_allocation: { default_chunk_size: 2 } });
  for (let port = 11_510; port <= 11_513; port++) outsiders.add(port);
  expect((await ask('grafana')).lease.port).toBe(11_514);
});

test('a range that somebody wrote by hand never grows', async () => {
  open({ service_types: { pair: { port_range: [20_000, 20_001] } } });
  await ask('pair');
  await ask('pair');
  await expect(ask('pair')).rejects.toMatchObject({
    code: 'RANGE_FULL',
    why: expect.not.stringContaining('grow'),
  });
});

test('what can not be written is not in force, and the next one is no wiser', async () => {
  open({});
  writeFileSync(paths.backups, 'in the way');
  for (let count = 0; count < 2; count++) {
    await expect(ask('grafana')).rejects.toMatchObject({ code: 'STATE_UNWRITABLE' });
  }
  expect([written(), events, context.state.catalog.types.has('grafana')]).toEqual([{}, [], false]);
});

test('a configuration that its user is in the middle of editing is left alone', async () => {
  open({});
  writeFileSync(paths.config, '{"service_types": {');
  await expect(ask('grafana')).rejects.toMatchObject({ code: 'BAD_CONFIG' });
  await expect(setAutoAllocation(context, false)).rejects.toMatchObject({ code: 'BAD_CONFIG' });
  expect(readFileSync(paths.config, 'utf8')).toBe('{"service_types": {');
});

test('a type that the user has just written is taken as it stands there', async () => {
  open({});
  writeFileSync(
    paths.config,
    JSON.stringify({ service_types: { grafana: { port_range: [20_000, 20_009] } } }),
  );
  expect(await ask('grafana')).toMatchObject({ lease: { port: 20_000 }, range: undefined });
  expect(events).toEqual([]);
});

test('a range that the user has just written is not overlapped', async () => {
  open({});
  writeFileSync(paths.config, JSON.stringify({ service_types: { mine: { port_range: [11_500, 11_530] } } }));
  expect((await ask('grafana')).range).toEqual([11_541, 11_550]);
});

test('a preview and a refusal write nothing', async () => {
  open();
  expect((await previewType(context, 'grafana', false)).range).toEqual([11_510, 11_519]);
  await expect(previewType(context, 'apii', false)).rejects.toMatchObject({ code: 'UNKNOWN_TYPE' });
  await expect(ask('apii')).rejects.toMatchObject({ code: 'UNKNOWN_TYPE', hint: 'did you mean "api"?' });
  await expect(ask('grafana', { port: 3000 })).rejects.toMatchObject({ code: 'PORT_NOT_ALLOWED' });
  expect([existsSync(paths.config), existsSync(paths.backups), events]).toEqual([false, false, []]);
});

test('undoing says which range is free again, and keeps what else the user wrote', async () => {
  open({ on_wrapper_death: 'adopt', service_types: { mine: { port_range: [20_000, 20_009] } } });
  const { lease: made, range } = await ask('grafana');
  context.state.leases.remove(made.id);
  expect(await undoAutoAllocation(context, 'grafana')).toEqual({
    success: true,
    service_type: 'grafana',
    range,
  });
  expect(written()).toEqual({
    on_wrapper_death: 'adopt',
    service_types: { mine: { port_range: [20_000, 20_009] } },
  });
  expect(events.at(-1)).toMatchObject({ event: 'type_removed', service_type: 'grafana', range });
});

test('switching to what is so already writes and tells nothing', async () => {
  open({});
  mkdirSync(paths.backups);
  await setAutoAllocation(context, true);
  expect([written(), events]).toEqual([{}, []]);
  await setAutoAllocation(context, false);
  expect(written()).toEqual({ auto_allocation: { enabled: false } });
  expect(events).toMatchObject([
    { event: 'config_changed', setting: 'auto_allocation.enabled', value: false },
  ]);
});
