import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { loadUserConfig } from '../../../src/daemon/config-store.ts';
import { tempDir } from '../../support/temp.ts';

let path: string;
beforeEach(() => {
  const folder = tempDir();
  onTestFinished(folder.remove);
  path = join(folder.path, 'config.json');
});

const load = (content: unknown) => {
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return loadUserConfig(path);
};

test('without a file the built-in settings are in force', () => {
  const config = loadUserConfig(path);
  expect([config.onWrapperDeath, config.notices, config.catalog.types.has('dev')]).toEqual([
    'reap',
    [],
    true,
  ]);
});

test("the user's own settings lie over the built-in ones", () => {
  const config = load({
    service_types: { grafana: { port_range: [3200, 3219] } },
    on_wrapper_death: 'adopt',
  });
  expect([config.onWrapperDeath, config.notices, config.catalog.typeOfPort(3210)?.name]).toEqual([
    'adopt',
    [],
    'grafana',
  ]);
});

test.each([
  ['is no JSON', '{oops'],
  ['has a setting that is none', { service_typs: {} }],
  ['has two ranges that overlap', { service_types: { x: { port_range: [3050, 3060] } } }],
  ['has a type without a range', { service_types: { x: {} } }],
])('a file that %s does not keep the daemon from starting, and is told', (_, content) => {
  const config = load(content);
  expect(config.catalog.types.get('dev')?.range).toEqual([3000, 3099]);
  expect(config.notices).toEqual([expect.stringContaining('the built-in settings are in force')]);
});

test('a folder in its place does not keep the daemon from starting', () => {
  mkdirSync(path);
  expect(loadUserConfig(path).notices).toHaveLength(1);
});
