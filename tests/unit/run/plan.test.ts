import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { LoadedProject } from '../../../src/project/load-config.ts';
import { planRun } from '../../../src/run/plan/plan.ts';
import type { RunWishes } from '../../../src/run/plan/wishes.ts';
import type { LeasedPorts } from '../../../src/run/plan/ports.ts';
import { tempDir } from '../../support/temp.ts';

const { path: folder, remove } = tempDir();
afterAll(remove);
writeFileSync(join(folder, 'package.json'), JSON.stringify({ scripts: { dev: 'vite', odd: 'node x.js' } }));

const project = (services: LoadedProject['config']['services']): LoadedProject => ({
  file: join(folder, 'styxy.config.json'),
  config: { services, env: { API_URL: '{api.url}' }, service_types: { mine: { port_range: [4000, 4001] } } },
});

const plan = (command: string[], wishes: RunWishes = {}, configured?: LoadedProject, service?: string) =>
  planRun({ command, cwd: folder, env: {}, service, isOwnCode: true }, wishes, configured);

const ports = (first: number, ...more: [string, number][]): LeasedPorts => [
  { name: 'own', port: first },
  ...more.map(([name, port]) => ({ name, port })),
];

test('without any wish the command says what it is, and the type is only a default', async () => {
  const { ports: asked, serviceName, adapter, portVariables, ifRunning } = await plan(['npm', 'run', 'odd']);
  expect(serviceName).toBe('odd');
  expect(asked).toHaveLength(1);
  expect(asked[0]).toMatchObject({ service_name: 'odd', service_type: 'dev', service_type_default: true });
  expect([adapter, portVariables, ifRunning]).toEqual(['port-variable', [], undefined]);
});

test("the tool's own port is asked for behind all that was written, and a number in the script before it", async () => {
  const { ports: asked } = await plan(['vite']);
  expect(asked[0]).toMatchObject({
    default_port: 5173,
    service_type_default: true,
    service_type_known: true,
  });
  expect(asked[0]).not.toHaveProperty('preferred_port');
  const written = await plan(['vite', '--port', '5180']);
  expect(written.ports[0]).toMatchObject({ preferred_port: 5180, wished_by: 'script' });
  expect(written.ports[0]).not.toHaveProperty('default_port');
});

test.each([
  [['vite', '--port', '8000'], 'dev', true],
  [['flask', 'run', '--port', '5000'], 'api', true],
  [['tool', 'serve', '--port', '8000'], 'dev', undefined],
  [['node', 'x.js'], 'dev', undefined],
])('the type of %j is %s, and known: %s', async (command, service_type, service_type_known) => {
  const { ports: asked } = await plan(command);
  expect(asked[0]).toMatchObject({ service_type, service_type_default: true });
  expect(asked[0].service_type_known).toBe(service_type_known);
  const typed = await plan(command, { type: 'mine' });
  expect(typed.ports[0]).toMatchObject({ service_type_default: false });
  expect(typed.ports[0]).not.toHaveProperty('service_type_known');
});

test('the configuration of the service that the command turns out to be is asked, in the same pass', async () => {
  const configured = project({ odd: { type: 'mine', prefer: 4001, env: 'ODD_PORT', ifRunning: 'reuse' } });
  const planned = await plan(['npm', 'run', 'odd'], {}, configured);
  expect(planned.ports[0]).toMatchObject({
    service_type: 'mine',
    service_type_default: false,
    service_type_definition: { port_range: [4000, 4001] },
    preferred_port: 4001,
  });
  expect(planned).toMatchObject({
    portVariables: ['ODD_PORT'],
    ifRunning: 'reuse',
    projectEnv: { API_URL: '{api.url}' },
  });
});

test('wishes win over the configuration', async () => {
  const configured = project({ web: { type: 'mine', prefer: 4001, env: ['A', 'B'], ifRunning: 'reuse' } });
  const wishes = { type: 'api', prefer: 5000, env: ['C'], ifRunning: 'fail' } as const;
  const planned = await plan(['x'], wishes, configured, 'web');
  expect(planned.ports[0]).toMatchObject({ service_name: 'web', service_type: 'api', preferred_port: 5000 });
  expect(planned).toMatchObject({ portVariables: ['C'], ifRunning: 'fail' });
  const exact = await plan(['x'], { port: 3000 }, configured, 'web');
  expect(exact.ports[0]).toMatchObject({ port: 3000 });
  expect(exact.ports[0]).not.toHaveProperty('preferred_port');
});

test('of several ports the first one is the service; the command names each', async () => {
  const wishes = {
    ports: [
      { name: 'own', type: 'mine' },
      { name: 'hmr', type: 'proxy' },
    ],
    force: true,
  };
  const command = ['x', '{port}', '{own}:{own.port}', '--hmr={hmr}', '{other}'];
  const planned = await plan(command, wishes, project({}));
  expect(planned.serviceName).toBe('own');
  expect(planned.ports).toMatchObject([
    { service_name: 'own', service_type: 'mine', service_type_default: false, serves: true, force: true },
    { service_name: 'hmr', service_type: 'proxy', force: true },
  ]);
  expect(planned.launch(ports(4000, ['hmr', 4100])).command).toEqual([
    'x',
    '4000',
    '4000:4000',
    '--hmr=4100',
    '{other}',
  ]);
});

test('a single port is named {port} only: {dev} may be an expression of a shell', async () => {
  const planned = await plan(['sh', '-c', 'echo ${own}{port}'], { name: 'own' });
  expect(planned.launch(ports(4000)).command).toEqual(['sh', '-c', 'echo ${own}4000']);
});

test('no command is refused', async () => {
  for (const none of [[], ['']]) await expect(plan(none)).rejects.toMatchObject({ code: 'USAGE' });
});
