import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Allocation } from '../../../src/protocol/answers/allocation.ts';
import { styxyHome, type Running } from '../../support/home.ts';
import { startOutsider } from '../../support/outsider.ts';
import { isAlive, waitFor } from '../../support/processes.ts';

/** Listens on --port; PORT is not its own. */
const FAKE_VITE = `#!/usr/bin/env node
const at = process.argv.indexOf('--port');
const port = at < 0 ? 0 : Number(process.argv[at + 1]);
require('http').createServer((_, answer) => answer.end(JSON.stringify({
  port, shared: process.env.PORT ?? null, api: process.env.API_URL ?? null, server: process.env.SERVER_URL ?? null,
}))).listen(port, '127.0.0.1');
`;
const SERVER = `require('http').createServer((_, answer) => answer.end(process.cwd()))
  .listen(process.env.PORT || process.argv[2] || 0, '127.0.0.1');`;

/** Listens on --port, else on PORT, and answers with its variables. */
const TELLS_VARIABLES = `
const at = process.argv.indexOf('--port');
require('http').createServer((_, answer) => answer.end(JSON.stringify(process.env)))
  .listen(Number(at < 0 ? process.env.PORT : process.argv[at + 1]), '127.0.0.1');`;

/** A package whose `vite` and `server.js` listen where they are told. */
function makePackage(folder: string, scripts: Record<string, string>): string {
  const programs = join(folder, 'node_modules', '.bin');
  mkdirSync(programs, { recursive: true });
  writeFileSync(join(programs, 'vite'), FAKE_VITE);
  chmodSync(join(programs, 'vite'), 0o755);
  writeFileSync(join(folder, 'server.js'), SERVER);
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ scripts }));
  return folder;
}

describe('several programs of one command', () => {
  const home = styxyHome();

  async function boundIn(project: string, run: Running, count = 2): Promise<Allocation[]> {
    return waitFor(
      async () => {
        const { allocations } = await home.api.list().catch(() => ({ allocations: [] as Allocation[] }));
        const own = allocations.filter(({ project_path: path }) => path === project);
        return own.length === count && own.every(({ state }) => state === 'bound') ? own : undefined;
      },
      30_000,
      () => `${count} programs on their leases; ${run.stdout()} ${run.stderr()}`,
    );
  }

  async function end(run: Running, leases: readonly Allocation[]): Promise<void> {
    run.process.kill('SIGINT');
    await run.finished();
    const pids = leases.flatMap(({ listeners }) => listeners.map(({ pid }) => pid ?? 0));
    await waitFor(() => pids.every((pid) => !isAlive(pid)), 10_000, 'all servers to end');
    await waitFor(async () => (await home.api.list()).allocations.length === 0, 10_000, 'all leases to end');
  }

  test('each has a lease of its own, twice in two worktrees, and knows the other', async () => {
    const scripts = { dev: 'API=x vite & node server.js & wait' };
    const folders = ['one', 'two'].map((name) => makePackage(join(home.place, name), scripts));
    const runs = folders.map((cwd) => home.start(['run', '--', 'npm', 'run', 'dev'], { cwd }));
    const all = await Promise.all(folders.map((folder, index) => boundIn(folder, runs[index]!)));
    expect(new Set(all.flat().map(({ port }) => port)).size).toBe(4);
    for (const [index, leases] of all.entries()) {
      expect(leases.map(({ service_name: name }) => name)).toEqual(['dev', 'server']);
      const [web, api] = leases as [Allocation, Allocation];
      const said = (await (await fetch(web.url)).json()) as object;
      expect(said).toEqual({ port: web.port, shared: null, api: null, server: api.url });
      expect(await (await fetch(api.url)).text()).toBe(folders[index]);
    }
    runs[1]!.process.kill('SIGINT');
    await runs[1]!.finished();
    await end(runs[0]!, all.flat());
  });

  test('the port that one of them has is not told to the next as lost', async () => {
    const folder = makePackage(join(home.place, 'reasons'), { dev: 'node server.js & node other.js & wait' });
    writeFileSync(join(folder, 'other.js'), SERVER);
    const run = home.start(['run', 'dev'], { cwd: folder });
    const leases = await boundIn(folder, run);
    const lost = leases.filter(({ reason }) => reason?.code === 'failed');
    expect(lost).toEqual([]);
    await end(run, leases);
  });

  test('each is told its own lease, and nothing of how its script was exchanged', async () => {
    const scripts = {
      dev: 'sh -c "npm run web" & sh -c "npm run api" & wait',
      web: 'vite',
      api: 'node env.js',
    };
    const cwd = makePackage(join(home.place, 'told-own'), scripts);
    writeFileSync(join(cwd, 'node_modules', '.bin', 'vite'), `#!/usr/bin/env node\n${TELLS_VARIABLES}`);
    writeFileSync(join(cwd, 'env.js'), TELLS_VARIABLES);
    const run = home.start(['run', '--', 'npm', 'run', 'dev'], { cwd });
    const leases = await boundIn(cwd, run);
    for (const { port, url, service_name: name, lock_id: id } of leases) {
      const told = (await (await fetch(url)).json()) as Record<string, string>;
      expect(told).toMatchObject({
        STYXY_PORT: String(port),
        STYXY_URL: url,
        STYXY_SERVICE: name,
        STYXY_LOCK_ID: id,
      });
      expect(Object.keys(told).filter((each) => /^STYXY_SCRIPT|_config_script_shell$/.test(each))).toEqual(
        [],
      );
    }
    await end(run, leases);
  });

  test.each([
    ['stop', 'server', 'dev'],
    ['stop', 'dev', 'server'],
    ['down', 'server', 'dev'],
  ])('one of them is ended alone: styxy %s %s', async (command, name, other) => {
    const cwd = makePackage(join(home.place, `${command}-${name}`), { dev: 'vite & node server.js & wait' });
    const run = home.start(['run', 'dev'], { cwd });
    const leases = await boundIn(cwd, run);
    const of = (each: string) => leases.find(({ service_name }) => service_name === each)!;
    const stopped = await home.cli([command, name], { cwd });
    expect(stopped, stopped.story).toMatchObject({
      code: 0,
      stderr: `stopped ${name} (port ${of(name).port})\n`,
    });
    const [left, ...more] = await boundIn(cwd, run, 1);
    expect(more).toEqual([]);
    expect(left).toMatchObject({ service_name: other, port: of(other).port, state: 'bound' });
    expect((await fetch(left!.url)).ok).toBe(true);
    await end(run, [left!]);
  });

  test('styxy down ends all programs of a service that styxy up has started', async () => {
    const cwd = makePackage(join(home.place, 'up'), { dev: 'vite & node server.js & wait' });
    const services = { dev: { type: 'dev', command: ['npm', 'run', 'dev'] } };
    writeFileSync(join(cwd, 'styxy.config.json'), JSON.stringify({ services }));
    const up = home.start(['up', '--detach'], { cwd });
    const leases = await boundIn(cwd, up);
    expect((await up.finished()).code, up.stderr()).toBe(0);
    const down = await home.cli(['down'], { cwd });
    expect(down.code, down.story).toBe(0);
    for (const { port, service_name: name } of leases)
      expect(down.stderr).toContain(`stopped ${name} (port ${port})\n`);
    expect((await home.api.list()).allocations).toEqual([]);
    const pids = leases.flatMap(({ listeners }) => listeners.map(({ pid }) => pid ?? 0));
    await waitFor(() => pids.every((pid) => !isAlive(pid)), 10_000, 'all servers to end');
  });

  test.each(['stop', 'down'])('of one program with two ports all is ended by %s, and told', async (word) => {
    const cwd = makePackage(join(home.place, `two-ports-${word}`), {});
    const command = ['run', '--ports', 'web=dev,hmr=dev', '--', 'node', 'server.js'];
    const run = home.start(command, { cwd });
    const web = await waitFor(async () => {
      const { allocations } = await home.api.list();
      return allocations.find((each) => each.service_name === 'web' && each.state === 'bound');
    });
    const stopped = await home.cli([word, 'web'], { cwd });
    expect(stopped.stderr).toMatch(/^hmr \(port \d+\) is of the same run, and ends with it\n/);
    expect(stopped.stderr.match(/^stopped (?:web|hmr) \(port \d+\)$/gm)).toHaveLength(2);
    expect(stopped.stderr).toContain(`stopped web (port ${web.port})\n`);
    await run.finished();
    expect((await home.api.list()).allocations).toEqual([]);
  });

  test('a number in the text of one that means another one follows it', async () => {
    const { first } = home.ports;
    const dev = `API_URL=http://localhost:${first + 1} vite --port ${first} & PORT=${first + 1} node server.js & wait`;
    const cwd = makePackage(join(home.place, 'numbers'), { dev });
    const runs = [0, 1].map(() => home.start(['run', 'dev'], { cwd }));
    const leases = await boundIn(cwd, runs[0]!, 4);
    const byPort = leases.toSorted((a, b) => a.port - b.port);
    expect(byPort.slice(0, 2).map(({ port }) => port)).toEqual([first, first + 1]);
    const sites = leases.filter(({ service_name: name }) => name === 'dev');
    const apis = leases.filter(({ service_name: name }) => name === 'server').map(({ url }) => url);
    const said = await Promise.all(
      sites.map(async ({ url }) => (await fetch(url)).json() as Promise<{ api: string }>),
    );
    expect(said.map(({ api }) => api).toSorted()).toEqual(apis.toSorted());
    runs[1]!.process.kill('SIGINT');
    await runs[1]!.finished();
    await end(runs[0]!, leases);
  });

  test('two packages with the same script are two services, called like their folders', async () => {
    const cwd = makePackage(join(home.place, 'root'), {
      dev: 'npm --prefix a run dev & npm --prefix b run dev & wait',
    });
    for (const name of ['a', 'b']) makePackage(join(cwd, name), { dev: 'vite' });
    const run = home.start(['run', '--json', 'dev'], { cwd });
    const leases = await boundIn(cwd, run);
    expect(leases.map(({ service_name: name }) => name)).toEqual(['a', 'b']);
    const ports = Object.fromEntries(leases.map(({ service_name: name, port }) => [name, port]));
    expect(JSON.parse(run.stderr().split('\n')[0]!)).toMatchObject({ service_name: 'a', ports });
    await end(run, leases);
  });

  test('a dry run tells each program, its port, its variables, and the line that starts it', async () => {
    const cwd = makePackage(join(home.place, 'shown'), { dev: 'vite & node server.js' });
    const plan = await home.json<{ ports: Record<string, number>; programs: object[]; env: object }>(
      ['run', '--dry-run', '--', 'npm', 'run', 'dev'],
      { cwd },
    );
    const { dev, server } = plan.ports;
    expect(plan.programs).toMatchObject([
      { tool: 'vite', service_name: 'dev', leased_port: dev, because: { file: 'package.json', line: 1 } },
      {
        tool: null,
        service_name: 'server',
        leased_port: server,
        env: { PORT: String(server) },
        command: ['node', 'server.js'],
        because: { file: 'server.js', line: 2 },
      },
    ]);
    expect(plan.env).not.toHaveProperty('PORT');
    const { stdout } = await home.cli(['run', '--dry-run', '--', 'npm', 'run', 'dev'], { cwd });
    expect(stdout).toContain(
      `script "dev" becomes: vite --port ${dev} --strictPort & PORT=${server} node server.js\n`,
    );
    expect(stdout).toContain('package script "dev" runs server, which reads PORT in server.js:2\n');
  });

  test('what can not be as it should is told before the start, in a dry run too', async () => {
    const cwd = makePackage(join(home.place, 'told'), { dev: 'vite & node server.js & wait' });
    const own = home.ports.last - 21;
    writeFileSync(join(cwd, 'server.js'), SERVER.replace('process.argv[2] || 0', String(own)));
    writeFileSync(join(cwd, 'vite.config.js'), `\n// proxy\nexport default 'http://localhost:${own}';\n`);
    // Read where it lies, since it asks for that.
    const asks = 'TOP := $(dir $(lastword $(MAKEFILE_LIST)))\n';
    writeFileSync(join(cwd, 'Makefile'), `${asks}dev:\n\tvite & node server.js & wait\n`);
    const taken = await startOutsider(own, '127.0.0.1');
    const dry = await home.cli(['run', '--dry-run', '--', 'npm', 'run', 'dev'], { cwd });
    expect(dry.stdout).toMatch(
      new RegExp(
        `^vite.config.js:3 says http://localhost:${own}, but server is on \\d+: let it read SERVER_URL, or add --remap$`,
        'm',
      ),
    );
    const remapped = await home.cli(['run', '--dry-run', '--remap', '--', 'npm', 'run', 'dev'], { cwd });
    expect(remapped.stdout).toMatch(new RegExp(`^ {2}STYXY_REMAP=.*${own}:\\d+`, 'm'));
    expect(remapped.stdout).not.toContain('let it read');
    const made = await home.cli(['run', '--dry-run', '--', 'make', 'dev'], { cwd });
    // 5173 is this machine's Vite, or another port is leased.
    if (!made.stdout.startsWith('5173 ')) expect(made.stdout).toMatch(/^dev may take 5173 instead of \d+: /m);
    await taken.end();
  });

  test('of a name that the user has given a variable, the variable stays', async () => {
    const cwd = makePackage(join(home.place, 'set'), { dev: 'vite & node server.js & wait' });
    const env = { SERVER_URL: 'https://staging.example.org' };
    const run = home.start(['run', 'dev'], { cwd, env });
    const leases = await boundIn(cwd, run);
    expect(await (await fetch(leases[0]!.url)).json()).toMatchObject({ server: env.SERVER_URL });
    await end(run, leases);
  });
});
