import { describe, expect, test } from 'vitest';
import { allocation } from '../../support/allocation.ts';
import { figuresOf, linePath, quantile } from '../../../src/dashboard/model/metrics.ts';
import { portSpace } from '../../../src/dashboard/model/ports.ts';
import {
  countRows,
  environmentOf,
  firstRows,
  groupServices,
  namesAlong,
} from '../../../src/overview/services.ts';
import { durationText } from '../../../src/dashboard/model/time.ts';
import { timeline } from '../../../src/dashboard/model/timeline.ts';
import { ageText, bytesText } from '../../../src/overview/units.ts';
import { loadsOf } from '../../../src/overview/usage.ts';
import type { Allocation } from '../../../src/protocol/answers/allocation.ts';
import type { AuditEntry } from '../../../src/protocol/answers/audit.ts';
import type { ExternalListener, WireListener } from '../../../src/protocol/answers/listener.ts';

const NOW = Date.parse('2030-01-01T12:00:00Z');

const listener = (fields: Partial<WireListener> = {}): WireListener => ({
  address: '127.0.0.1',
  port: 3050,
  pid: 99,
  command: 'node /srv/node_modules/.bin/astro dev',
  cwd: '/srv',
  user: 'me',
  started_at: null,
  project_path: null,
  branch: null,
  container: null,
  ...fields,
});

const external = (fields: Partial<ExternalListener> = {}): ExternalListener => ({
  ...listener(),
  service_type: 'dev',
  since: null,
  ...fields,
});

describe('the services', () => {
  test('are grouped by worktree, those with a trouble first, and outsiders of no project last', () => {
    const groups = groupServices(
      {
        allocations: [
          allocation({ port: 3002 }),
          allocation({ port: 3001, service_name: 'api' }),
          allocation({ port: 3005, project_path: '/home/me/zoo', state: 'drifted', actual_ports: [9000] }),
        ],
        external: [external()],
      },
      NOW,
    );
    expect(groups.map(({ title, rows }) => [title, rows.map(({ port }) => port)])).toEqual([
      ['zoo', [3005]],
      ['shop', [3001, 3002]],
      ['Outside of any project', [3050]],
    ]);
    expect(countRows(groups)).toEqual({ services: 3, troubles: 1, external: 1 });
  });

  test('say their state, and what to do about it', () => {
    const rowOf = (fields: Partial<Allocation>) =>
      groupServices({ allocations: [allocation(fields)], external: [] }, NOW)[0]?.rows[0];
    expect(rowOf({})).toMatchObject({ state: 'listening', tone: 'good', advice: '', age: '5m' });
    expect(rowOf({ state: 'granted' })).toMatchObject({ state: 'starting', isOpenable: false });
    expect(rowOf({ state: 'granted', holder: { kind: 'ttl' } })).toMatchObject({
      state: 'reserved',
      isRun: false,
    });
    expect(rowOf({ state: 'drifted', actual_ports: [5173] })).toMatchObject({
      state: 'drifted: on 5173 instead of 3000',
      advice: expect.stringContaining('3000') as string,
    });
    expect(rowOf({ state: 'orphaned' })).toMatchObject({
      tone: 'odd',
      state: expect.stringContaining('orphaned'),
    });
    expect(rowOf({ outsiders: [listener({ port: 3000 })] })).toMatchObject({
      tone: 'bad',
      state: expect.stringContaining('conflict'),
      advice: expect.stringContaining('pid 99'),
    });
    const [group] = groupServices({ allocations: [], external: [external()] }, NOW);
    expect(group?.rows[0]).toMatchObject({ name: 'astro', state: 'external: no lease', lockId: undefined });
  });

  test('name what an order to their run is about as well', () => {
    const list = {
      allocations: [
        allocation(),
        allocation({ port: 3001, service_name: 'api' }),
        allocation({ port: 3002, service_name: 'other', holder: { kind: 'connection', pid: 9 } }),
      ],
      external: [external()],
    };
    const alongOf = (port: number) =>
      groupServices(list, NOW)
        .flatMap(({ rows }) => rows)
        .filter((row) => row.port === port)
        .map((row) => namesAlong(row, list));
    expect([3000, 3001, 3002, 3050].map(alongOf)).toEqual([[['api']], [['web']], [[]], [[]]]);
  });

  test('are found by any of their words', () => {
    const list = {
      allocations: [allocation(), allocation({ port: 8000, service_name: 'api' })],
      external: [],
    };
    const found = (filter: string) =>
      groupServices(list, NOW, filter).flatMap(({ rows }) => rows.map((row) => row.port));
    expect(found('')).toEqual([3000, 8000]);
    expect(found('API shop')).toEqual([8000]);
    expect(found('nothing')).toEqual([]);
  });

  test('have texts in which nothing hides', () => {
    const nasty = 'a\u202eb\u001b[31mc';
    const [group] = groupServices(
      {
        allocations: [allocation({ command: nasty, branch: nasty, project_path: `/x/${nasty}` })],
        external: [],
      },
      NOW,
    );
    const shown = JSON.stringify({ ...group, key: '' });
    expect(shown).not.toMatch(/\u202e|\\u001b/);
    expect(group?.branch).toBe(String.raw`a\u{202e}b\x1b[31mc`);
  });

  test('can be cut after some rows', () => {
    const allocations = [3001, 3002, 3003].map((port) => allocation({ port }));
    const groups = groupServices({ allocations, external: [external()] }, NOW);
    const ports = (count: number) => firstRows(groups, count).map(({ rows }) => rows.map(({ port }) => port));
    expect(ports(0)).toEqual([]);
    expect(ports(2)).toEqual([[3001, 3002]]);
    expect(ports(3)).toEqual([[3001, 3002, 3003]]);
    expect(ports(9)).toEqual([[3001, 3002, 3003], [3050]]);
  });

  test('give other programs their address', () => {
    expect(environmentOf({ name: 'my-api.2', port: 3000, url: 'http://localhost:3000' })).toBe(
      'MY_API_2_PORT=3000\nMY_API_2_URL=http://localhost:3000\n',
    );
    expect(environmentOf({ name: '2nd', port: 1, url: 'u' })).toContain('_2ND_PORT=1');
  });
});

test('the ports lie in the ranges of their types, others beside them', () => {
  const space = portSpace(
    [
      {
        service_type: 'dev',
        range: [3000, 3009],
        leased: 1,
        external: 0,
        kept: 1,
        free: 8,
        quarantined: [3005],
      },
    ],
    {
      ports: [
        {
          port: 3000,
          state: 'leased',
          service_type: 'dev',
          allocation: allocation(),
          listeners: [],
          project_path: '/home/me/shop',
          branch: null,
          instance_id: null,
          command: 'vite',
          since: null,
        },
        {
          port: 22,
          state: 'unmanaged',
          service_type: null,
          allocation: null,
          listeners: [],
          project_path: null,
          branch: null,
          instance_id: null,
          command: null,
          since: null,
        },
      ],
    },
    [
      {
        service_name: 'old',
        service_type: 'dev',
        project_path: '/home/me/blog',
        ports: [3004],
        last_listened_at: null,
        promised: false,
        live: false,
      },
    ],
  );
  expect(space.strips[0]?.marks).toEqual([
    { port: 3000, tone: 'good', text: '3000 web of shop, bound' },
    { port: 3004, tone: 'kept', text: '3004 kept for old of blog, which does not run' },
    { port: 3005, tone: 'wait', text: '3005 quarantined: an outsider took it a while ago' },
  ]);
  expect(space.others.map(({ port }) => port)).toEqual([22]);
});

describe('the time line', () => {
  const entry = (minute: number, action: AuditEntry['action'], fields: object = {}): AuditEntry => ({
    time: new Date(NOW - minute * 60_000).toISOString(),
    action,
    port: 3000,
    type: 'dev',
    range: null,
    lease: 'one',
    instance: null,
    user: 'me',
    pid: null,
    host: 'here',
    service_name: 'web',
    project_path: '/home/me/shop',
    ...fields,
  });
  const span = { from: NOW - 60 * 60_000, to: NOW };

  test('has a bar from each grant to its end, also of what began before or still runs', () => {
    const entries = [
      entry(50, 'released', { lease: 'early', reason: 'released' }),
      entry(40, 'granted'),
      entry(30, 'conflict', { port: 3001 }),
      entry(20, 'released', { reason: 'holder_gone' }),
      entry(10, 'granted', { lease: 'two' }),
      entry(5, 'granted', { lease: 'lost', service_name: 'api' }),
    ];
    const lanes = timeline(entries, [allocation({ lock_id: 'two' })], span);
    expect(lanes.map(({ title }) => title)).toEqual(['web · shop', 'api · shop']);
    const minutes = lanes[0]?.bars.map(({ from, to, kind }) => [
      (NOW - from) / 60_000,
      (NOW - to) / 60_000,
      kind,
    ]);
    expect(minutes).toEqual([
      [60, 50, 'ended'],
      [30, 30, 'conflict'],
      [40, 20, 'ended'],
      [10, 0, 'open'],
    ]);
    expect(lanes[1]?.bars[0]).toMatchObject({
      kind: 'ended',
      text: expect.stringContaining('end not known'),
    });
  });

  test('is empty where nothing happened', () => {
    expect(timeline([], [], span)).toEqual([]);
  });
});

describe('the figures', () => {
  test('count each bucket of a histogram by itself', () => {
    const bucket = (le: number | string, value: number) => ({
      metricName: 'styxy_allocation_duration_seconds_bucket',
      labels: { le },
      value,
    });
    const { allocation: buckets, grants } = figuresOf(
      {
        metrics: [
          {
            name: 'styxy_grants_total',
            type: 'counter',
            help: '',
            values: [1, 2].map((value) => ({ labels: {}, value })),
          },
          {
            name: 'styxy_allocation_duration_seconds',
            type: 'histogram',
            help: '',
            values: [bucket(0.001, 6), bucket(0.01, 9), bucket('+Inf', 10)],
          },
        ],
      },
      NOW,
    );
    expect(grants).toBe(3);
    expect(buckets.map(({ count }) => count)).toEqual([6, 3, 1]);
    expect([quantile(buckets, 0.5), quantile(buckets, 0.9), quantile(buckets, 0.99)]).toEqual([
      0.001,
      0.01,
      Infinity,
    ]);
    expect(quantile([], 0.5)).toBeUndefined();
  });

  test('are lines', () => {
    expect(linePath([])).toBe('');
    expect(linePath([0, 2])).toBe('M0.0 38.0 L100.0 4.0');
    expect(linePath([1])).toBe('M0.0 4.0 L100.0 4.0');
  });

  test('are words', () => {
    const ago = (seconds: number) => ageText(NOW - seconds * 1000, NOW);
    expect([ago(-5), ago(3), ago(47), ago(60), ago(7500), ago(90_000)]).toEqual([
      'now',
      'now',
      '40s',
      '1m',
      '2h 5m',
      '1d 1h',
    ]);
    expect(ageText(null, NOW)).toBe('');
    expect([durationText(0.0005), durationText(0.0123), durationText(2.5)]).toEqual([
      '500 µs',
      '12 ms',
      '2.5 s',
    ]);
    expect([bytesText(2048), bytesText(60 * 1024 ** 2), bytesText(3 * 1024 ** 3)]).toEqual([
      '2 kB',
      '60 MB',
      '3.0 GB',
    ]);
  });
});

test('a load is the processor time between two moments', () => {
  const usage = (at: number, cpu: number) => ({
    at,
    usages: [{ lock_id: 'a', processes: 1, memory: 84 * 1024 ** 2, cpu_ms: cpu }],
  });
  expect(loadsOf(undefined, usage(0, 100))).toEqual(new Map([['a', '84 MB']]));
  expect(loadsOf(usage(0, 100), usage(2000, 1100))).toEqual(new Map([['a', '84 MB, 50 %']]));
  expect(loadsOf(usage(0, 100), usage(2000, 50))).toEqual(new Map([['a', '84 MB']]));
});
