import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { expectError } from '../../support/complaints.ts';
import { styxyHome, type Running } from '../../support/home.ts';
import { waitFor } from '../../support/processes.ts';

const home = styxyHome({
  types: ({ first }) => ({
    dev: { port_range: [first, first + 29], preferred_ports: [first, first + 1] },
    api: { port_range: [first + 30, first + 39], preferred_ports: [first + 30] },
  }),
});

/** Tells its variables, listens, and ends with its input. */
const SERVER = `const { createServer } = require('node:http');
createServer().listen(process.env.MY_PORT ?? process.env.PORT, () => console.log(JSON.stringify(process.env)));
setInterval(() => undefined, 1000);`;

type Variables = Record<string, string>;
const NAMES = ['WEB_PORT', 'WEB_URL', 'ADMIN_PORT', 'ADMIN_URL', 'API_PORT', 'API_URL', 'CDN_URL', 'NOTE'];

function worktree(name: string, config: object): string {
  const folder = join(home.place, name);
  mkdirSync(join(folder, '.git'), { recursive: true });
  writeFileSync(join(folder, '.git', 'HEAD'), 'ref: refs/heads/main\n');
  writeFileSync(join(folder, 'server.js'), SERVER);
  writeFileSync(join(folder, 'styxy.config.json'), JSON.stringify(config));
  return folder;
}

const CONFIG = {
  services: {
    web: { type: 'dev', command: 'node server.js' },
    admin: { type: 'dev', command: ['node', 'server.js'], env: ['MY_PORT', 'PORT'], args: ['--p', '{port}'] },
    api: { type: 'api', command: 'node server.js' },
  },
  env: {
    API_URL: '{api.url}/v1',
    CDN_URL: 'http://localhost:{web.port}/cdn',
    NOTE: "it's $(date) {admin.port}",
  },
};

const started: Running[] = [];
async function start(folder: string, service: string): Promise<Variables> {
  const running = home.start(['run', service], { cwd: folder });
  started.push(running);
  await waitFor(() => running.stdout().includes('\n'), 20_000, `${service} to start: ${running.stderr()}`);
  return JSON.parse(running.stdout().split('\n')[0] ?? '') as Variables;
}
async function endAll(): Promise<void> {
  for (const running of started.splice(0)) {
    running.process.kill('SIGTERM');
    await running.finished();
  }
}
const told = (folder: string): Promise<Variables> => home.json(['env'], { cwd: folder });
const pick = (all: Variables): Variables =>
  Object.fromEntries(NAMES.map((name) => [name, all[name] ?? 'missing']));

let a: string;
let b: string;
beforeAll(() => {
  a = worktree('a', CONFIG);
  b = worktree('b', CONFIG);
});

test('what is told before anything runs is what every service gets, in whatever order they start', async () => {
  const [inA, inB] = [await told(a), await told(b)];
  const ports = [inA, inB].flatMap((each) => [each.WEB_PORT, each.ADMIN_PORT, each.API_PORT]);
  expect(new Set(ports).size).toBe(6);
  expect(inA).toMatchObject({
    API_URL: `http://localhost:${inA.API_PORT}/v1`,
    CDN_URL: `http://localhost:${inA.WEB_PORT}/cdn`,
    NOTE: `it's $(date) ${inA.ADMIN_PORT}`,
  });
  const admin = await start(b, 'admin');
  expect(pick(admin)).toEqual(pick(inB));
  expect(admin).toMatchObject({ PORT: inB.ADMIN_PORT, MY_PORT: inB.ADMIN_PORT });
  const rest = await Promise.all([
    start(a, 'api'),
    start(b, 'web'),
    start(a, 'admin'),
    start(a, 'web'),
    start(b, 'api'),
  ]);
  expect(rest.map(pick)).toEqual([inA, inB, inA, inA, inB].map(pick));
  expect(rest.map(({ PORT }) => PORT)).toEqual([
    inA.API_PORT,
    inB.WEB_PORT,
    inA.ADMIN_PORT,
    inA.WEB_PORT,
    inB.API_PORT,
  ]);
  expect([pick(await told(a)), pick(await told(b))]).toEqual([pick(inA), pick(inB)]);
  await endAll();
  expect(pick(await told(a))).toEqual(pick(inA));
});

test('a wish of the configuration is told, to one worktree', async () => {
  const wish = home.ports.first + 20;
  const config = { services: { shop: { type: 'dev', prefer: wish, command: 'node server.js' } } };
  const [first, second] = [worktree('c', config), worktree('d', config)];
  expect((await told(first)).SHOP_PORT).toBe(String(wish));
  const other = (await told(second)).SHOP_PORT;
  expect(other).not.toBe(String(wish));
  expect((await start(second, 'shop')).PORT).toBe(other);
  expect((await start(first, 'shop')).PORT).toBe(String(wish));
  await endAll();
});

test("a project's type without leases has an empty list, and is unknown elsewhere", async () => {
  const own = { quiet: { port_range: [home.ports.first + 60, home.ports.first + 64] } };
  const [inside, outside] = [worktree('quiet', { service_types: own }), worktree('loud', {})];
  const list = ['list', '--type', 'quiet'];
  expect(await home.json(list, { cwd: inside })).toEqual({ allocations: [], external: [] });
  expect(await home.cli(list, { cwd: outside })).toMatchObject({ code: 64 });
});

test('the shell that evaluates the variables runs nothing of them', async () => {
  const { stdout } = await home.cli(['env', '--format', 'shell'], { cwd: a });
  expect(stdout).toMatch(/^export NOTE='it'\\''s \$\(date\) \d+'$/m);
});

test("a project's type is known to that project alone, and two projects may mean different ranges", async () => {
  const range = (first: number) => ({
    port_range: [first, first + 4],
    instance_behavior: 'multi',
    description: 'Graphs.\nFor people.',
  });
  const [low, high] = [home.ports.first + 50, home.ports.first + 52];
  const graf = (type: object) => ({
    services: { graf: { type: 'graf', command: 'node server.js' } },
    service_types: { graf: type },
  });
  const [one, two, none] = [
    worktree('e', graf(range(low))),
    worktree('f', graf(range(high))),
    worktree('g', {}),
  ];
  expect((await told(one)).GRAF_PORT).toBe(String(low));
  expect((await start(one, 'graf')).PORT).toBe(String(low));
  expect((await start(two, 'graf')).PORT).toBe(String(high));
  const allocate = (cwd: string) => home.cli(['allocate', '--type', 'graf', '--json'], { cwd });
  const ports = new Set<number>();
  for (const cwd of [one, two, one, two]) {
    const exit = await allocate(cwd);
    expect(exit.code, exit.story).toBe(0);
    ports.add((JSON.parse(exit.stdout) as { port: number }).port);
  }
  expect(ports.size).toBe(4);
  expect(Math.min(...ports)).toBeGreaterThan(low);
  expect(Math.max(...ports)).toBeLessThanOrEqual(high + 4);
  const { suggestions } = await home.json<{ suggestions: number[] }>(['suggest', 'graf'], { cwd: two });
  expect(suggestions).toEqual([high + 4]);
  const list = await home.json<{ allocations: object[] }>(['list', '--type', 'graf'], { cwd: none });
  expect(list.allocations).toHaveLength(6);
  const several = ['run', '--dry-run', '--ports', 'web=dev,charts=graf', '--', 'node', 'server.js'];
  const { ports: planned } = await home.json<{ ports: { charts: number } }>(several, { cwd: two });
  expect(planned.charts).toBe(high + 4);
  await endAll();
});

test.each([
  [
    'overlaps one that everybody knows',
    (first: number) => [first + 35, first + 45],
    /"graf" \(.*"api" \(.*overlap/,
  ],
  ['is for system services', () => [80, 90], /from 1024 to 65535/],
])("a project's type whose range %s is refused", async (_, range, why) => {
  const folder = worktree('h', {
    services: { graf: { type: 'graf', command: 'node server.js' } },
    service_types: { graf: { port_range: range(home.ports.first) } },
  });
  const exit = await home.cli(['run', 'graf'], { cwd: folder });
  expect(exit.code, exit.story).toBe(78);
  expect(exit.stderr).toMatch(why);
});

test('options may also stand behind the name of a service, and nothing else', async () => {
  const plain = await home.json<{ port: number }>(['run', '--dry-run', 'web'], { cwd: a });
  const behind = await home.cli(['run', 'web', '--dry-run', '--json', '--type=api'], { cwd: a });
  expect(behind.code, behind.story).toBe(0);
  expect(JSON.parse(behind.stdout)).toMatchObject({ service_name: 'web', service_type: 'api' });
  expect(plain.port).not.toBe((JSON.parse(behind.stdout) as { port: number }).port);
  for (const word of ['extra', '--bogus']) {
    const refused = await home.cli(['run', 'web', word], { cwd: a });
    expectError(refused, 64, 'USAGE');
    expect(refused.stderr).toContain(`service "web" takes no "${word}"`);
  }
});

test('a service is one that the file names, whatever else objects have', async () => {
  expectError(await home.cli(['run', 'toString'], { cwd: a }), 127, 'COMMAND_NOT_FOUND');
});

test('a name that is neither service nor script is told which ones there are and which was meant, before a lease', async () => {
  const shop = worktree('mistaken', {
    services: { ...CONFIG.services, broken: { command: 'no-such-program' } },
  });
  writeFileSync(join(shop, 'package.json'), JSON.stringify({ scripts: { dev: 'node server.js' } }));
  const typo = await home.cli(['run', 'wbe'], { cwd: shop });
  expectError(typo, 127, 'COMMAND_NOT_FOUND');
  expect(typo.stderr).toMatch(
    /"wbe" is no service, no package script and no command\n.*are web, admin, api, broken;.*are dev\n.*web\? styxy run web\n/,
  );
  const script = await home.cli(['run', 'dve'], { cwd: shop });
  expect(script.stderr).toContain('try: did you mean dev? styxy run dev');
  expect(JSON.stringify(await home.api.list())).not.toContain(shop);
  expect((await home.cli(['run', 'broken'], { cwd: shop })).stderr).toContain('no command "no-such-program"');
});
