import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { styxyHome } from '../../support/home.ts';

const home = styxyHome({ types: () => ({}) });
const project = (): string => join(home.place, 'project');
const userFile = (): string => join(home.path, 'config.json');
const projectFile = (): string => join(project(), 'styxy.config.json');

beforeEach(() => {
  mkdirSync(project(), { recursive: true });
  writeFileSync(join(project(), 'package.json'), '{}');
  rmSync(projectFile(), { force: true });
  writeFileSync(userFile(), '{}');
});

const user = (content: unknown): void => writeFileSync(userFile(), JSON.stringify(content, null, 2));
const repository = (content: unknown): void => writeFileSync(projectFile(), JSON.stringify(content, null, 2));
interface Shown {
  config: Record<string, Record<string, unknown>>;
  origins: Record<string, { layer: string; source: string | null }>;
}
const show = (env: Record<string, string> = {}): Promise<Shown> =>
  home.json(['config', 'show', '--origin'], { cwd: project(), env: { STYXY_HTTP_PORT: '', ...env } });

test('every value says which layer set it', async () => {
  user({
    service_types: { dev: { preferred_ports: [3005] } },
    recovery: { port_conflict: { max_retries: 9 } },
    http_port: 0,
    log_level: 'warn',
  });
  repository({
    services: { web: { prefer: 3007 } },
    service_types: { grafana: { port_range: [3200, 3209] } },
  });
  const { config, origins } = await show({ STYXY_LOG: 'error' });
  expect(config.service_types).toMatchObject({
    dev: { port_range: [3000, 3099], preferred_ports: [3005] },
    grafana: { port_range: [3200, 3209] },
  });
  expect(config).toMatchObject({ http_port: 0, log_level: 'error', services: { web: { prefer: 3007 } } });
  expect(origins).toMatchObject({
    'service_types.dev.port_range': { layer: 'built-in', source: null },
    'service_types.dev.preferred_ports': { layer: 'user', source: userFile() },
    'service_types.grafana.port_range': { layer: 'project', source: projectFile() },
    'services.web.prefer': { layer: 'project', source: projectFile() },
    'recovery.port_conflict.max_retries': { layer: 'user', source: userFile() },
    'recovery.port_conflict.backoff_ms': { layer: 'built-in', source: null },
    http_port: { layer: 'user', source: userFile() },
    log_level: { layer: 'environment', source: 'STYXY_LOG' },
  });
  const text = await home.cli(['config', 'show', '--origin'], { cwd: project() });
  expect(text.stdout).toMatch(/recovery\.port_conflict\.max_retries +user .*config\.json +9/);
});

test('what the daemon works with is shown, not what the file would mean', async () => {
  user({ log_level: 'warn' });
  await home.cli(['daemon', 'restart'], { env: { STYXY_LOG: 'error', STYXY_HTTP_PORT: '0' } });
  expect((await show({ STYXY_LOG: 'debug' })).config.log_level).toBe('error');
  writeFileSync(userFile(), '{"log_level": "loud"}');
  const { code, stderr, stdout } = await home.cli(['config', 'show'], { cwd: project() });
  expect(code).toBe(0);
  expect(stdout).toMatch(/log_level +"error"/);
  expect(stderr === '' || stderr.includes('stay so')).toBe(true);
  await home.cli(['daemon', 'stop']);
});

test('validate names every problem of both files at once: file, line, path, value, expectation', async () => {
  user({ service_typs: {}, recovery: { port_conflict: { max_retries: -1 } }, on_wrapper_death: 'kill' });
  repository({ services: { web: { prefered: 3000 } }, env: { API_URL: 'http://localhost:{apo.port}' } });
  const exit = await home.cli(['config', 'validate', '--json'], { cwd: project() });
  expect(exit.code, exit.story).toBe(78);
  const { valid, problems } = JSON.parse(exit.stdout) as { valid: boolean; problems: object[] };
  expect(valid).toBe(false);
  expect(problems).toEqual([
    expect.objectContaining({ path: 'service_typs', line: 2, did_you_mean: 'service_types' }),
    expect.objectContaining({
      file: userFile(),
      line: 5,
      path: 'recovery.port_conflict.max_retries',
      value: -1,
      expected: 'a whole number from 0 to 100',
    }),
    expect.objectContaining({ path: 'on_wrapper_death', line: 8, value: 'kill' }),
    expect.objectContaining({
      file: projectFile(),
      path: 'services.web.prefered',
      did_you_mean: 'prefer',
      line: 4,
    }),
  ]);
});

test('validate takes one file, and knows which kind it is', async () => {
  const other = join(project(), 'other.json');
  writeFileSync(other, '{"log_level": "info"}');
  repository({ services: {} });
  for (const file of [other, projectFile()]) {
    expect(await home.json(['config', 'validate', file])).toEqual({
      valid: true,
      files: [file],
      problems: [],
    });
  }
  writeFileSync(other, '{"services": {}}');
  expect((await home.cli(['config', 'validate', other])).code).toBe(78);
  expect((await home.cli(['config', 'validate', join(project(), 'none.json')])).code).toBe(78);
});

test('types of the two files that overlap are named with both', async () => {
  user({ service_types: { grafana: { port_range: [3200, 3219] } } });
  repository({ service_types: { loki: { port_range: [3210, 3229] } } });
  const exit = await home.cli(['config', 'validate'], { cwd: project() });
  expect(exit.code, exit.story).toBe(78);
  expect(exit.stdout).toMatch(
    /styxy\.config\.json.*"loki" \(3210-3229, .*"grafana" \(3200-3219, .*config\.json\) overlap/,
  );
});

test('a variable with a placeholder that stands for nothing is named with what was meant', async () => {
  repository({
    services: { api: {} },
    env: { A: '{apo.port}', B: '{"json": "is {text}"}', C: '{api.url} {port}' },
  });
  const exit = await home.cli(['env'], { cwd: project() });
  expect(exit.code, exit.story).toBe(78);
  expect(exit.stderr).toContain('did you mean "{api.port}"?');
  expect(exit.stderr).toContain('{text} stands for nothing');
});

test('the paths of the files, and the schemas that editors ask for', async () => {
  expect(await home.json(['config', 'path'], { cwd: project() })).toEqual({
    user: userFile(),
    user_exists: true,
    project: null,
  });
  for (const kind of ['user', 'project']) {
    const schema = await home.json<{ properties: object }>(['config', 'schema', kind]);
    const published = new URL(`../../../config/styxy-${kind}.schema.json`, import.meta.url);
    expect(schema).toEqual(JSON.parse(readFileSync(published, 'utf8')));
    expect(Object.keys(schema.properties)).toContain('service_types');
  }
});

test('the instances that the templates know, with the ports they would try', async () => {
  user({ instance_templates: { main: 3, qa: 1 } });
  const { instances } = await home.json<{ instances: { name: string; offset: number; ports: object }[] }>(
    ['config', 'instances'],
    { cwd: project() },
  );
  const offsets = instances.map(({ name, offset }) => [name, offset]);
  expect(offsets).toEqual([
    ['dev', 1],
    ['qa', 1],
    ['staging', 2],
    ['main', 3],
    ['features', 3],
  ]);
  expect(instances.find(({ name }) => name === 'qa')?.ports).toMatchObject({ dev: 3001, api: 8001 });
});

test('the log level of the file is in force from the start of the daemon', async () => {
  const log = join(home.path, 'logs', 'daemon.log');
  for (const [level, isTold] of [
    ['error', false],
    ['info', true],
  ] as const) {
    user({ log_level: level });
    rmSync(log, { force: true });
    await home.cli(['daemon', 'start']);
    await home.cli(['daemon', 'stop']);
    expect(readFileSync(log, 'utf8').includes('started')).toBe(isTold);
  }
});

test('the TCP port of the file is the one the daemon listens on', async () => {
  const port = home.ports.first;
  user({ http_port: port });
  await home.cli(['daemon', 'start'], { env: { STYXY_HTTP_PORT: undefined } });
  expect(await home.json(['status'])).toMatchObject({ http_port: port });
  await home.cli(['daemon', 'stop']);
});
