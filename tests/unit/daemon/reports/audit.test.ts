import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { silentLogger } from '../../../../src/base/log.ts';
import { createEventBus, type EventBus } from '../../../../src/daemon/ledger/events.ts';
import { createAudit, type Audit } from '../../../../src/daemon/reports/audit.ts';
import { createCatalog } from '../../../../src/domain/service-type.ts';
import { lease, serviceType } from '../../../support/leases.ts';
import { tempDir } from '../../../support/temp.ts';

let path: string;
let now: number;
let events: EventBus;
let audit: Audit;
const NOON = Date.parse('2020-06-15T12:00:00Z');

function open(): Audit {
  const catalog = createCatalog([serviceType('dev', 3000, 3099), serviceType('api', 4000, 4099)]);
  return createAudit({ path, events, catalog, clock: () => now, log: silentLogger });
}

beforeEach(() => {
  const folder = tempDir();
  onTestFinished(folder.remove);
  path = join(folder.path, 'audit.log');
  now = NOON;
  events = createEventBus(() => now);
  audit = open();
  onTestFinished(() => audit.close());
});

const lines = () =>
  readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

test('an entry says when, what, which port of which type and range, for whom, and where', () => {
  const given = lease(3007, {
    id: 'lease-7',
    name: 'web',
    project: '/p',
    instance: 'agent-1',
    service: { pid: 42, startTime: '1' },
  });
  events.emit('granted', given, { took_ms: 0.4 });
  audit.close();
  expect(lines()).toEqual([
    {
      time: '2020-06-15T12:00:00.000Z',
      action: 'granted',
      port: 3007,
      type: 'dev',
      range: [3000, 3099],
      lease: 'lease-7',
      instance: 'agent-1',
      user: expect.stringMatching(/./),
      pid: 42,
      host: expect.stringMatching(/./),
      service_name: 'web',
      project_path: '/p',
      took_ms: 0.4,
    },
  ]);
});

test('what is not known of an event is null, the process is the daemon, and every entry has the same ten fields', () => {
  events.emit('config_changed');
  audit.close();
  const [entry = {}] = lines();
  expect(Object.keys(entry)).toEqual('time action port type range lease instance user pid host'.split(' '));
  expect(entry).toMatchObject({
    port: null,
    type: null,
    range: null,
    lease: null,
    instance: null,
    pid: process.pid,
  });
});

test('that a lease is bound is not kept: the next list says so', async () => {
  events.emit('bound', lease(3000));
  expect(await audit.answer()).toMatchObject({ entries: [], total: 0 });
});

test('command lines and environments are never written, however deep they are', () => {
  const listeners = [{ port: 3005, command: 'psql postgres://u:hunter2@db' }];
  events.emit('drifted', lease(3000, { command: 'hunter2' }), {
    command: 'x --password hunter2',
    env: { SECRET: 'hunter2' },
    listeners,
  });
  audit.close();
  expect(readFileSync(path, 'utf8')).not.toContain('hunter2');
  expect(lines()[0]).toMatchObject({ action: 'drifted', listeners: [{ port: 3005 }] });
});

describe('a question', () => {
  beforeEach(() => {
    for (let minute = 0; minute < 30; minute += 1) {
      now = NOON + minute * 60_000;
      const type = minute % 3 === 0 ? 'api' : 'dev';
      events.emit(minute % 2 === 0 ? 'granted' : 'released', lease(3000 + minute, { type }));
    }
  });

  test('finds the latest, oldest first, and counts all', async () => {
    const { entries, total, statistics, damaged } = await audit.answer({ limit: 3 });
    expect(entries.map(({ port }) => port)).toEqual([3027, 3028, 3029]);
    expect({ total, damaged }).toEqual({ total: 30, damaged: 0 });
    expect(statistics).toEqual({
      by_action: { granted: 15, released: 15 },
      by_type: { api: 10, dev: 20 },
      first: '2020-06-15T12:00:00.000Z',
      last: '2020-06-15T12:29:00.000Z',
    });
  });

  test('may be about an action, a type, a time, or all of them', async () => {
    const portsFor = async (query: Parameters<Audit['answer']>[0]) =>
      (await audit.answer(query)).entries.map(({ port }) => port);
    expect(await portsFor({ since: '2m' })).toEqual([3027, 3028, 3029]);
    expect(await portsFor({ since: '2020-06-15T12:28:00Z' })).toEqual([3028, 3029]);
    expect(await portsFor({ type: 'api', action: 'granted' })).toEqual([3000, 3006, 3012, 3018, 3024]);
    expect(await portsFor({ type: 'api', action: 'allocate', since: '10m' })).toEqual([3024]);
    expect(await portsFor({ type: 'nothing' })).toEqual([]);
    expect(await portsFor({ limit: 0 })).toEqual([]);
    expect((await audit.answer({ type: 'api', limit: 0 })).statistics.by_type).toEqual({ api: 10 });
  });

  test('counts a type that has the name of something every object has', async () => {
    for (const type of ['constructor', 'toString']) events.emit('refused', undefined, { service_type: type });
    const { by_type } = (await audit.answer({ action: 'refused' })).statistics;
    expect(JSON.parse(JSON.stringify(by_type))).toEqual({ constructor: 1, toString: 1 });
  });

  test('finds what happened a moment ago, before it is written', async () => {
    events.emit('refused', undefined, { code: 'RANGE_FULL' });
    expect((await audit.answer({ action: 'refused' })).entries).toMatchObject([{ code: 'RANGE_FULL' }]);
  });

  test('passes over damaged lines, and counts them', async () => {
    await audit.answer();
    appendFileSync(path, '{"time":"2030\nnull\n[]\n{"time":5,"action":"granted"}\n\u0000\u0001\n');
    events.emit('released', lease(3050));
    expect(await audit.answer()).toMatchObject({ total: 31, damaged: 5 });
  });

  test('is refused when it makes no sense', async () => {
    await expect(audit.answer({ since: 'soon' })).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
  });
});

test('ten megabytes make a new file, five old ones stay, and all are asked', async () => {
  const line = `${JSON.stringify({ time: '2020-01-01T00:00:00.000Z', action: 'granted', type: 'old' })}\n`;
  writeFileSync(path, line.repeat(Math.ceil((10 * 1024 * 1024) / line.length)));
  for (let age = 1; age <= 5; age += 1) writeFileSync(`${path}.${age}`, line.replace('old', `age-${age}`));
  audit.close();
  audit = open();
  events.emit('granted', lease(3001));
  const { statistics } = await audit.answer();
  expect(readdirSync(join(path, '..')).toSorted()).toEqual([
    'audit.log',
    ...[1, 2, 3, 4, 5].map((age) => `audit.log.${age}`),
  ]);
  expect(Object.keys(statistics.by_type).toSorted()).toEqual([
    'age-1',
    'age-2',
    'age-3',
    'age-4',
    'dev',
    'old',
  ]);
  expect(lines()).toHaveLength(1);
});

test('a file from before the time that is asked for is not even read', async () => {
  writeFileSync(`${path}.1`, 'damaged\n');
  utimesSync(`${path}.1`, 1, 1);
  events.emit('granted', lease(3001));
  expect(await audit.answer({ since: '1h' })).toMatchObject({ total: 1, damaged: 0 });
  expect(await audit.answer()).toMatchObject({ total: 1, damaged: 1 });
});

test('where nothing can be written, entries are lost and counted, and nothing else fails', async () => {
  mkdirSync(path);
  events.emit('granted', lease(3001));
  expect(await audit.answer()).toMatchObject({ total: 0 });
  expect(audit.lost).toBe(1);
  rmSync(path, { recursive: true });
  events.emit('granted', lease(3002));
  expect(await audit.answer()).toMatchObject({ entries: [{ port: 3002 }] });
});
