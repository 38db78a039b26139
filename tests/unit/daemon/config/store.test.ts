import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { openConfigStore, type ConfigStore } from '../../../../src/daemon/config/store.ts';
import { tempDir } from '../../../support/temp.ts';

let path: string;
beforeEach(() => {
  const folder = tempDir();
  onTestFinished(folder.remove);
  path = join(folder.path, 'config.json');
});

const write = (content: unknown): void =>
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
const load = (content: unknown): ConfigStore => {
  write(content);
  return openConfigStore(path);
};

test('without a file the built-in settings are in force', () => {
  const config = openConfigStore(path);
  expect(config.settings().on_wrapper_death).toBe('reap');
  expect(config.settings().recovery.port_conflict.max_retries).toBe(3);
  expect(config.notices()).toEqual([]);
  expect(config.catalog.types.has('dev')).toBe(true);
});

test("the user's own settings lie over the built-in ones, key by key", () => {
  const config = load({
    service_types: { grafana: { port_range: [3200, 3219] } },
    on_wrapper_death: 'adopt',
    recovery: { port_conflict: { max_retries: 7 } },
  });
  expect(config.settings().on_wrapper_death).toBe('adopt');
  expect(config.settings().recovery.port_conflict).toMatchObject({ max_retries: 7, backoff_ms: 100 });
  expect(config.settings().recovery.health_monitoring.max_failures).toBe(3);
  expect(config.catalog.typeOfPort(3210)?.name).toBe('grafana');
  expect(config.notices()).toEqual([]);
});

const INVALID = [
  ['is no JSON', '{oops'],
  ['has a setting that is none', { service_typs: {} }],
  ['has two ranges that overlap', { service_types: { x: { port_range: [3050, 3060] } } }],
  ['has a type without a range', { service_types: { x: {} } }],
] as const;

test.each(INVALID)('a file that %s does not keep the daemon from starting, and is told', (_, content) => {
  const config = load(content);
  expect(config.catalog.types.get('dev')?.range).toEqual([3000, 3099]);
  expect(config.notices()).toEqual([expect.stringContaining('the built-in settings are in force')]);
});

test.each(INVALID)('an edit that %s changes nothing, and a valid one does', (_, content) => {
  const config = load({ on_wrapper_death: 'adopt' });
  const changes: string[] = [];
  config.onChange(() => changes.push(config.settings().on_wrapper_death));
  write(content);
  expect(config.reload()).toBe(false);
  expect(config.settings().on_wrapper_death).toBe('adopt');
  expect(config.notices()).toHaveLength(1);
  write({ service_types: { x: { port_range: [20_000, 20_009] } } });
  expect(config.reload()).toBe(true);
  expect(config.catalog.typeOfPort(20_005)?.name).toBe('x');
  expect(config.notices()).toEqual([]);
  expect(changes).toEqual(['reap']);
});

test('a folder in its place does not keep the daemon from starting', () => {
  mkdirSync(path);
  expect(openConfigStore(path).notices()).toHaveLength(1);
});
