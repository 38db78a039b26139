import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { createHttpReports } from '../../src/client/http-reports.ts';
import { METRICS, type Metric } from '../../src/protocol/metrics.ts';
import { guardedDaemon, told } from '../support/guarded-daemon.ts';
import { parsePrometheus } from '../support/prometheus.ts';
import { waitFor } from '../support/processes.ts';

const guarded = guardedDaemon();
const reports = () => createHttpReports(guarded.daemon.connection);
const styxy = () => guarded.daemon.coordinator;
const read = async () => parsePrometheus(await reports().metrics());
type Families = Awaited<ReturnType<typeof read>>;

/** The value of a line; 0 when it is not there. */
function valueOf(families: Families, name: string, labels: Record<string, string> = {}): number {
  const family = families.get(name.replace(/_(bucket|sum|count)$/, '')) ?? families.get(name);
  const fits = family?.samples.filter(
    (sample) =>
      sample.name === name && Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
  );
  return fits?.reduce((sum, { value }) => sum + value, 0) ?? 0;
}

afterEach(async () => {
  for (const { lock_id } of (await styxy().list()).allocations) await styxy().release(lock_id);
});

describe('the metrics', () => {
  test('are text that Prometheus reads: exactly those of the table, with their types and labels', async () => {
    await styxy().allocate({ service_type: 'web' });
    const answer = await guarded.ask('GET', '/metrics');
    expect(answer?.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const families = parsePrometheus(answer?.body ?? '');
    expect([...families.keys()].toSorted()).toEqual(Object.keys(METRICS).toSorted());
    for (const [name, metric] of Object.entries(METRICS) as [string, Metric][]) {
      expect(families.get(name)).toMatchObject({ type: metric.type, help: metric.help });
      for (const { labels } of families.get(name)?.samples ?? [])
        expect(Object.keys(labels).filter((label) => label !== 'le')).toEqual([...metric.labels]);
    }
  });

  test('count what happens, and never go back', async () => {
    const before = await read();
    const lease = await styxy().allocate({ service_type: 'web', request_id: 'same' });
    await styxy().allocate({ service_type: 'web', request_id: 'same' });
    await styxy().allocate({ service_type: 'web' });
    await expect(styxy().allocate({ service_type: 'nope' })).rejects.toMatchObject({ code: 'UNKNOWN_TYPE' });
    await styxy().release(lease.lock_id);
    const after = await read();
    const grown = (name: string, labels?: Record<string, string>): number =>
      valueOf(after, name, labels) - valueOf(before, name, labels);
    expect(grown('styxy_grants_total', { service_type: 'web' })).toBe(2);
    expect(grown('styxy_taken_up_total')).toBe(1);
    expect(grown('styxy_refusals_total', { code: 'UNKNOWN_TYPE' })).toBe(1);
    expect(grown('styxy_releases_total', { reason: 'released' })).toBe(1);
    expect(grown('styxy_allocation_duration_seconds_count')).toBe(2);
    expect(grown('styxy_allocation_duration_seconds_sum')).toBeGreaterThan(0);
    expect(valueOf(after, 'styxy_leases', { service_type: 'web' })).toBe(1);
    for (const [name, { type, samples }] of after) {
      if (type === 'gauge') continue;
      for (const sample of samples)
        expect(sample.value, name).toBeGreaterThanOrEqual(valueOf(before, sample.name, sample.labels));
    }
  });

  test('see a program that went past Styxy: as a listener, and as a conflict', async () => {
    const { suggestions } = await styxy().suggest('web');
    const [port = NaN] = suggestions;
    const outsider = createServer();
    await new Promise<void>((resolve) => void outsider.listen(port, '127.0.0.1', resolve));
    const before = await read();
    await waitFor(
      async () => valueOf(await read(), 'styxy_external_listeners', { service_type: 'web' }) === 1,
      10_000,
      'the listener in the metrics',
    );
    await styxy().allocate({ service_type: 'web', preferred_port: port });
    const after = await read();
    outsider.close();
    expect(valueOf(after, 'styxy_conflicts_total') - valueOf(before, 'styxy_conflicts_total')).toBe(1);
    expect(valueOf(after, 'styxy_sweep_duration_seconds_count')).toBeGreaterThan(0);
    const { entries } = await reports().audit({ action: 'conflict' });
    expect(entries.at(-1)).toMatchObject({ port, type: 'web' });
  });

  test('know the daemon itself', async () => {
    const { pid } = await styxy().status();
    const families = await read();
    expect(valueOf(families, 'styxy_journal_bytes')).toBe(statSync(guarded.daemon.paths.state).size);
    const startedAt = valueOf(families, 'styxy_daemon_start_time_seconds') * 1000;
    expect(Math.abs(Date.now() - startedAt)).toBeLessThan(120_000);
    expect(valueOf(families, 'styxy_daemon_resident_memory_bytes')).toBeGreaterThan(10_000_000);
    expect(valueOf(families, 'styxy_daemon_restarts_total')).toBe(0);
    await guarded.daemon.end('SIGTERM');
    await guarded.daemon.restart();
    expect((await styxy().status()).pid).not.toBe(pid);
    expect(valueOf(await read(), 'styxy_daemon_restarts_total')).toBe(1);
    expect(valueOf(await read(), 'styxy_daemon_restarts_total')).toBe(1);
  });

  test('are there as JSON, too', async () => {
    const { metrics } = await reports().metricsAsJson();
    expect(metrics.map(({ name }) => name).toSorted()).toEqual(Object.keys(METRICS).toSorted());
    const info = metrics.find(({ name }) => name === 'styxy_build_info');
    expect(info).toMatchObject({
      type: 'gauge',
      values: [{ labels: { version: expect.any(String) }, value: 1 }],
    });
    // The daemon was restarted meanwhile and has another token.
    const authorization = `Bearer ${readFileSync(guarded.daemon.paths.token, 'utf8').trim()}`;
    expect(told(await guarded.ask('GET', '/metrics?format=xml', { authorization }))).toEqual([
      400,
      'INVALID_REQUEST',
    ]);
  });

  test.skipIf(spawnSync('promtool', ['--version']).error)('are accepted by promtool', async () => {
    const check = spawnSync('promtool', ['check', 'metrics'], { input: await reports().metrics() });
    expect(check.status, String(check.stderr)).toBe(0);
  });
});

test('the status tells how full the range of each type is, if it is asked for that', async () => {
  const web = async () =>
    (await styxy().status({ ranges: true })).ranges?.find((each) => each.service_type === 'web');
  expect(await styxy().status()).not.toHaveProperty('ranges');
  const before = await web();
  const [first, last] = before?.range ?? [];
  const lease = await styxy().allocate({ service_type: 'web', port: last });
  const server = createServer();
  await new Promise<void>((resolve) => server.listen((first ?? 0) + 50, '127.0.0.1', resolve));
  const expected = { leased: 1, external: 1, free: (before?.free ?? 0) - 2 };
  await expect.poll(web).toMatchObject(expected);
  const families = await read();
  for (const [use, count] of Object.entries(expected))
    expect(valueOf(families, 'styxy_range_ports', { service_type: 'web', use })).toBe(count);
  server.close();
  await styxy().release(lease.lock_id);
});

describe('the audit log over HTTP', () => {
  test('is asked by action, type, time and number', async () => {
    const lease = await styxy().allocate({ service_type: 'web', service_name: 'shop' });
    await styxy().release(lease.lock_id);
    const about = { lease: lease.lock_id, port: lease.port, type: 'web', service_name: 'shop' };
    const range = [guarded.port + 1, expect.any(Number)];
    const { entries, total } = await reports().audit({ type: 'web', since: '10m', limit: 2 });
    expect(entries).toMatchObject([
      { ...about, action: 'granted', range },
      { ...about, action: 'released', range },
    ]);
    expect(total).toBeGreaterThanOrEqual(2);
    const granted = await reports().audit({ action: 'granted', limit: 1 });
    expect(granted.entries).toMatchObject([about]);
    expect(granted.statistics.by_action).toEqual({ granted: granted.total });
  });

  test('has each answer of a retried request once', async () => {
    const { total: before } = await reports().audit({ action: 'granted' });
    const leases = await Promise.all(
      Array.from({ length: 20 }, () => styxy().allocate({ service_type: 'web', request_id: 'again' })),
    );
    expect(new Set(leases.map(({ port }) => port)).size).toBe(1);
    expect((await reports().audit({ action: 'granted' })).total).toBe(before + 1);
  });

  test('is given whole, line by line, and between two times', async () => {
    const web = { service_type: 'web' };
    for (let count = 0; count < 3; count++) await styxy().release((await styxy().allocate(web)).lock_id);
    const whole = await reports().wholeAudit();
    expect(await reports().wholeAudit({ action: 'granted', type: 'web' })).toEqual(
      await reports().audit({ action: 'granted', type: 'web', limit: 10_000 }),
    );
    expect(whole.total).toBeGreaterThan((await reports().audit({ limit: 1 })).entries.length);
    const [third] = whole.entries.slice(2);
    const until = third?.time ?? '';
    const before = await reports().audit({ until, limit: 10_000 });
    expect(before.entries).toEqual(whole.entries.filter(({ time }) => time <= until));
    const at = await reports().audit({ since: until, until, limit: 10_000 });
    expect(at.entries).toEqual(whole.entries.filter(({ time }) => time === until));
  });

  test('names a process in every entry: the one it is about, else the daemon', async () => {
    await styxy().allocate({ service_type: 'web', process_id: process.pid });
    const { entries } = await reports().wholeAudit();
    expect(entries.filter(({ pid }) => typeof pid !== 'number')).toEqual([]);
    expect(entries.findLast(({ action }) => action === 'daemon_started')?.pid).toBe(guarded.daemon.pid);
    expect(entries.findLast(({ action }) => action === 'granted')?.pid).toBe(process.pid);
  });

  test.each([
    { until: 'soon' },
    { action: 'nothing' },
    { since: 'soon' },
    { limit: 100_000 },
    { type: '../x' },
  ])('a question that makes no sense is refused: %j', async (query) => {
    await expect(reports().audit(query)).rejects.toMatchObject({ exitCode: 64 });
  });

  test.skipIf(process.platform === 'win32')('is closed to others, and has no token in it', () => {
    const { audit, token } = guarded.daemon.paths;
    expect(statSync(audit).mode & 0o777).toBe(0o600);
    expect(readFileSync(audit, 'utf8')).not.toContain(readFileSync(token, 'utf8').trim());
  });
});
