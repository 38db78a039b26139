import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestDaemon, type TestDaemon } from '../../support/daemon.ts';
import { waitFor } from '../../support/processes.ts';

/** The promise is 300 ms; a loaded machine gets more before a test fails. */
const DEADLINE_MS = 3000;

let daemon: TestDaemon;
beforeAll(async () => {
  daemon = await startTestDaemon();
});
afterAll(() => daemon[Symbol.asyncDispose]());

const write = (content: unknown): void =>
  writeFileSync(daemon.paths.config, typeof content === 'string' ? content : JSON.stringify(content));
const replace = (content: unknown): void => {
  writeFileSync(`${daemon.paths.config}.new`, JSON.stringify(content));
  renameSync(`${daemon.paths.config}.new`, daemon.paths.config);
};
const grafana = (first: number) => ({ service_types: { grafana: { port_range: [first, first + 9] } } });
const rangeOf = async (type: string): Promise<unknown> => {
  const { config } = await daemon.coordinator.config();
  return (config.service_types as Record<string, { port_range?: unknown }>)[type]?.port_range;
};
const isInForce = (first: number | undefined, what: string): Promise<unknown> =>
  waitFor(
    async () => JSON.stringify(await rangeOf('grafana')) === JSON.stringify(first && [first, first + 9]),
    DEADLINE_MS,
    what,
  );

test('an edit is in force at once, however the file is written', async () => {
  expect(await rangeOf('grafana')).toBeUndefined();
  write(grafana(20_000));
  await isInForce(20_000, 'a new file to be in force');
  write(grafana(20_010));
  await isInForce(20_010, 'an edit in place');
  for (const first of [20_020, 20_030]) {
    replace(grafana(first));
    await isInForce(first, 'a file that was put in its place');
  }
  rmSync(daemon.paths.config);
  await isInForce(undefined, 'the end of the file');
  replace(grafana(20_040));
  await isInForce(20_040, 'a file in the place of none');
  write(grafana(20_050));
  await isInForce(20_050, 'another edit in place');
});

test('an edit is in force while many leases are written to the journal beside it', async () => {
  const asked = Array.from({ length: 50 }, (_, index) =>
    daemon.coordinator.allocate({ service_type: 'dev', service_name: `s${index}`, ttl_ms: 60_000 }),
  );
  replace(grafana(20_060));
  await isInForce(20_060, 'an edit among journal records');
  for (const { lock_id } of await Promise.all(asked)) await daemon.coordinator.release(lock_id);
});

test('a type that was added can be leased, and one that was removed is unknown', async () => {
  write({ service_types: { grafana: { port_range: [20_100, 20_109] } } });
  await isInForce(20_100, 'the new type');
  const { suggestions } = await daemon.coordinator.suggest('grafana');
  expect(suggestions[0]).toBeGreaterThanOrEqual(20_100);
  write({});
  await isInForce(undefined, 'the type to be gone');
  const { suggestions: others } = await daemon.coordinator.suggest('grafana');
  expect(others).not.toEqual(suggestions);
});

test.each([
  ['half of a file', '{"service_types": {'],
  ['a setting that is none', { service_typs: {} }],
  ['an interval that would never end', { recovery: { health_monitoring: { check_interval_ms: 0 } } }],
  ['two types that share ports', { service_types: { x: { port_range: [3000, 3001] } } }],
])('%s is reported, and what was in force stays', async (_, content) => {
  write(grafana(20_200));
  await isInForce(20_200, 'a valid file');
  write(content);
  const notices = async (): Promise<string[]> => (await daemon.coordinator.status()).notices;
  await waitFor(async () => (await notices()).length > 0, DEADLINE_MS, 'the report');
  expect((await notices())[0]).toContain('stay so');
  expect((await daemon.coordinator.config()).problems).toHaveLength(1);
  expect(await rangeOf('grafana')).toEqual([20_200, 20_209]);
  write(grafana(20_210));
  await isInForce(20_210, 'the corrected file');
  expect(await notices()).toEqual([]);
});

test('no answer about the configuration holds the token', async () => {
  const token = readFileSync(daemon.paths.token, 'utf8').trim();
  expect(JSON.stringify(await daemon.coordinator.config())).not.toContain(token);
});

test('the log says what happened to each edit', () => {
  const log = readFileSync(daemon.paths.log, 'utf8');
  expect(log).toContain('the configuration has changed');
  expect(log).toContain('the configuration is not in force');
});
