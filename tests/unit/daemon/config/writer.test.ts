import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { openConfigStore, type ConfigStore } from '../../../../src/daemon/config/store.ts';
import { createConfigWriter, type ConfigWriter } from '../../../../src/daemon/config/writer.ts';
import { styxyPaths, type Paths } from '../../../../src/system/paths.ts';
import { tempDir } from '../../../support/temp.ts';

let paths: Paths;
beforeEach(() => {
  const folder = tempDir();
  onTestFinished(folder.remove);
  paths = styxyPaths({ STYXY_HOME: folder.path });
});

function open(content?: unknown): { store: ConfigStore; writer: ConfigWriter } {
  if (content !== undefined) {
    writeFileSync(paths.config, typeof content === 'string' ? content : JSON.stringify(content));
  }
  const store = openConfigStore(paths.config);
  return { store, writer: createConfigWriter(paths, store) };
}

const grafana = { port_range: [20_000, 20_009], auto_allocated: true };
const addGrafana = () => [{ path: ['service_types', 'grafana'] as const, value: grafana }];
const setRange = (name: string, range: [number, number]) => () => [
  { path: ['service_types', name, 'port_range'] as const, value: range },
];
const text = (): string => readFileSync(paths.config, 'utf8');
const backups = (): string[] =>
  readdirSync(paths.backups).map((name) => readFileSync(join(paths.backups, name), 'utf8'));

test('an edit is in the file and in force when it returns', async () => {
  const { store, writer } = open();
  await writer.change(addGrafana);
  expect(JSON.parse(text())).toEqual({ service_types: { grafana } });
  expect(store.catalog.typeOfPort(20_005)?.name).toBe('grafana');
  expect(readdirSync(paths.home).toSorted()).toEqual(['backups', 'config.json']);
  if (process.platform !== 'win32') expect(statSync(paths.config).mode & 0o777).toBe(0o600);
});

test('everything else stays as it was written, byte for byte, and what was replaced is kept', async () => {
  const before =
    '{ "on_wrapper_death":"adopt",\n\n    "service_types": {\n\t"b": {"port_range":[20100,20109], "description":"[1, 2]"} }}';
  const { writer } = open(before);
  await writer.change(addGrafana);
  const added = ',\n\t"grafana": {\n\t\t"port_range": [20000, 20009],\n\t\t"auto_allocated": true\n\t}';
  const at = before.indexOf(' }}');
  expect(text()).toBe(before.slice(0, at) + added + before.slice(at));
  expect(backups()).toEqual([before]);
});

test('the last ten replaced files are kept', async () => {
  const { writer } = open({ on_wrapper_death: 'adopt' });
  const first = 20_000;
  for (let count = 0; count < 13; count++) {
    await writer.change(setRange('x', [first, first + count]));
  }
  expect(backups().map((content) => JSON.parse(content).service_types.x.port_range[1])).toEqual(
    Array.from({ length: 10 }, (_, index) => first + index + 2),
  );
});

test('an edit that changes nothing writes nothing', async () => {
  const { writer } = open({});
  const { mtimeMs, ino } = statSync(paths.config);
  await writer.change(() => []);
  expect(statSync(paths.config)).toMatchObject({ mtimeMs, ino });
  expect(readdirSync(paths.home)).toEqual(['config.json']);
});

describe('nothing is changed', () => {
  test.each([
    ['no JSON', '{oops'],
    ['no object', '[]'],
    ['not valid', '{"service_typs": {}}'],
    ['at odds with itself', '{"service_types": {"x": {"port_range": [3050, 3060]}}}'],
  ])('when the file is %s: it is the work of somebody who is not done', async (_, content) => {
    const { writer } = open(content);
    await expect(writer.change(addGrafana)).rejects.toMatchObject({ code: 'BAD_CONFIG' });
    expect(text()).toBe(content);
    expect(readdirSync(paths.home)).toEqual(['config.json']);
  });

  test('when the edit would make it not valid', async () => {
    const { store, writer } = open({});
    await expect(writer.change(setRange('x', [3050, 3060]))).rejects.toMatchObject({ code: 'BAD_CONFIG' });
    expect([text(), store.catalog.types.has('x')]).toEqual(['{}', false]);
  });

  test('when the edit throws', async () => {
    const { writer } = open({});
    const edit = () => {
      throw new Error('no room');
    };
    await expect(writer.change(edit)).rejects.toThrow('no room');
    expect(readdirSync(paths.home)).toEqual(['config.json']);
  });

  test('when no backup can be made', async () => {
    const { store, writer } = open({});
    writeFileSync(paths.backups, 'in the way');
    await expect(writer.change(addGrafana)).rejects.toMatchObject({ code: 'STATE_UNWRITABLE' });
    expect([text(), store.catalog.types.has('grafana')]).toEqual(['{}', false]);
    expect(readdirSync(paths.home).toSorted()).toEqual(['backups', 'config.json']);
  });

  test('when a folder is in the place of the file', async () => {
    mkdirSync(paths.config);
    const { writer } = open();
    await expect(writer.change(addGrafana)).rejects.toMatchObject({ code: 'STATE_UNWRITABLE' });
  });
});

test('an edit that somebody else saves meanwhile is not lost: ours is made anew on top of it', async () => {
  const { store, writer } = open({});
  let turns = 0;
  await writer.change(() => {
    turns += 1;
    if (turns < 3) writeFileSync(paths.config, JSON.stringify({ instance_templates: { main: turns } }));
    return addGrafana();
  });
  expect(turns).toBe(3);
  expect(JSON.parse(text())).toEqual({ instance_templates: { main: 2 }, service_types: { grafana } });
  expect(store.settings().instance_templates).toMatchObject({ main: 2 });
});

test('a file that changes all the time is left to the one who changes it', async () => {
  const { writer } = open({});
  let turns = 0;
  const edit = () => {
    turns += 1;
    writeFileSync(paths.config, JSON.stringify({ instance_templates: { main: turns } }));
    return addGrafana();
  };
  await expect(writer.change(edit)).rejects.toMatchObject({ code: 'STATE_UNWRITABLE' });
  expect(JSON.parse(text())).toEqual({ instance_templates: { main: turns } });
  expect(readdirSync(paths.home)).toEqual(['config.json']);
});

test('a link stays a link, and the file keeps its mode', async () => {
  const real = join(paths.home, 'dotfiles');
  writeFileSync(real, '{}');
  chmodSync(real, 0o640);
  symlinkSync(real, paths.config);
  const { writer } = open();
  await writer.change(addGrafana);
  expect(lstatSync(paths.config).isSymbolicLink()).toBe(true);
  expect(JSON.parse(readFileSync(real, 'utf8'))).toEqual({ service_types: { grafana } });
  if (process.platform !== 'win32') expect(statSync(real).mode & 0o777).toBe(0o640);
  expect(readdirSync(paths.backups)).toEqual([expect.stringMatching(/^config\.json\./)]);
});

test('what a killed writer left half written is removed', async () => {
  writeFileSync(`${paths.config}.new`, '{"servi');
  const { writer } = open({});
  expect(readdirSync(paths.home)).toEqual(['config.json']);
  writeFileSync(`${paths.config}.new`, '{"servi');
  await writer.change(addGrafana);
  expect(readdirSync(paths.home).toSorted()).toEqual(['backups', 'config.json']);
});

test('a file that was removed is made again', async () => {
  const { writer } = open({ on_wrapper_death: 'adopt' });
  rmSync(paths.config);
  await writer.change(addGrafana);
  expect(JSON.parse(text())).toEqual({ service_types: { grafana } });
});
