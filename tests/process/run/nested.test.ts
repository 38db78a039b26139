import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Allocation } from '../../../src/protocol/answers/allocation.ts';
import { expectError } from '../../support/complaints.ts';
import { BIN, styxyHome, type Running } from '../../support/home.ts';
import { startOutsider } from '../../support/outsider.ts';
import { isAlive, waitFor } from '../../support/processes.ts';
import { shellQuote } from '../../support/wrapper.ts';

const SERVER = fileURLToPath(new URL('../../support/programs/gated-server.mjs', import.meta.url));
const LAUNCHER = fileURLToPath(new URL('../../../dist/launcher.cjs', import.meta.url));
const NODE = process.execPath;

describe.skipIf(process.platform !== 'linux')('a run inside a run', () => {
  const home = styxyHome({
    types: ({ first, last }) => ({
      dev: { port_range: [first, last - 10], preferred_ports: [] },
      api: { port_range: [last - 9, last], preferred_ports: [] },
    }),
  });
  let number = 0;
  beforeAll(() => home.cli(['daemon', 'start']));

  /** A worktree with these scripts, with `styxy` and `serve-it`, a server on PORT, on PATH. */
  function project(scripts: Record<string, string> = {}, services?: Record<string, object>) {
    const cwd = join(home.place, `p${number++}`);
    const programs = join(cwd, 'node_modules', '.bin');
    mkdirSync(programs, { recursive: true });
    mkdirSync(join(cwd, '.git'));
    writeFileSync(join(cwd, '.git', 'HEAD'), 'ref: refs/heads/main\n');
    const gate = join(cwd, 'gate');
    writeFileSync(gate, '');
    const program = (name: string, text: string): void => {
      writeFileSync(join(programs, name), `#!/bin/sh\n${text}\n`);
      chmodSync(join(programs, name), 0o755);
    };
    program('styxy', `exec ${NODE} ${BIN} "$@"`);
    program('serve-it', `exec ${NODE} ${SERVER} ${gate}`);
    // Stand-ins for managers that are not installed everywhere, and that cost more than all the rest: they run the script dev.
    for (const name of ['pnpm', 'yarn', 'bun'])
      program(name, `exec sh -c ${shellQuote([scripts['dev'] ?? 'false'])}`);
    const strict = 'env -i PATH="$PATH" HOME="$HOME" STYXY_HOME="$STYXY_HOME" STYXY_HTTP_PORT=0';
    program('turbo', `for each in packages/*; do (cd $each && exec ${strict} npm run dev) & done; wait`);
    const workspaces = ['packages/*'];
    writeFileSync(join(cwd, 'package.json'), JSON.stringify({ name: 'top', scripts, workspaces }));
    const addPackage = (name: string, own: Record<string, string>): void => {
      mkdirSync(join(cwd, 'packages', name), { recursive: true });
      writeFileSync(join(cwd, 'packages', name, 'package.json'), JSON.stringify({ name, scripts: own }));
    };
    if (services) writeFileSync(join(cwd, 'styxy.config.json'), JSON.stringify({ services }));
    const env = { PATH: [programs, home.env['PATH']].join(delimiter) };
    const place = { cwd, env };
    const leases = async (): Promise<Allocation[]> =>
      (await home.api.list()).allocations.filter(({ project_path }) => project_path === cwd);
    return {
      place,
      addPackage,
      start: (...args: string[]): Running => home.start(['run', ...args], place),
      cli: (...args: string[]) => home.cli(args, place),
      leases,
      /** As soon as that many serve, and no other lease is there. */
      serving: (count: number, what = `${count} services`) =>
        waitFor(
          async () => {
            const all = await leases();
            return all.length === count && all.every(({ state }) => state === 'bound') ? all : undefined;
          },
          20_000,
          what,
        ),
    };
  }

  async function end({ process: wrapper, finished }: Running): Promise<void> {
    wrapper.kill('SIGTERM');
    await finished();
  }

  const ofPort = async (port: number): Promise<string> => (await fetch(`http://localhost:${port}`)).text();

  test('is called after its script, with one more prefix in front or without it', async () => {
    const { place, start, serving } = project({ dev: 'styxy run -- serve-it' });
    const run = home.start([], { ...place, via: ['sh', '-c', 'exec npm run dev'] });
    const [lease] = await serving(1);
    expect(lease).toMatchObject({ service_name: 'dev', program: 'dev', command: 'serve-it' });
    process.kill(lease!.holder.pid!, 'SIGTERM');
    await run.finished();
    const again = start('--', 'npm', 'run', 'dev');
    expect(await serving(1)).toMatchObject([{ service_name: 'dev', port: lease!.port }]);
    await end(again);
  });

  test.each([
    ['npm run', ['npm', 'run', 'dev']],
    ['pnpm', ['pnpm', 'dev']],
    ['yarn', ['yarn', 'dev']],
    ['bun run', ['bun', 'run', 'dev']],
    ['a shell', ['sh', '-c', 'styxy run -- serve-it']],
    ['another run', ['styxy', 'run', '--', 'styxy', 'run', '--', 'serve-it']],
    ['the launcher of styxy init', ['node', 'styxy.cjs', 'run', '--', 'serve-it']],
    ['a script with that launcher', ['npm', 'run', 'launched']],
  ])('behind %s is one service with one lease', async (_, command) => {
    const { place, start, serving, leases } = project({
      dev: 'styxy run -- serve-it',
      launched: 'node styxy.cjs run -- serve-it',
    });
    copyFileSync(LAUNCHER, join(place.cwd, 'styxy.cjs'));
    const run = start('--', ...command);
    const [lease] = await serving(1);
    expect(await ofPort(lease!.port)).toMatch(/^\d+$/);
    expect(lease!.holder.pid).toBe(run.pid);
    await end(run);
    expect(await leases()).toEqual([]);
    expect(run.stderr()).toBe('');
  });

  test('has the name and type that the inner one is given, on the same port', async () => {
    const { place, start, serving } = project({ dev: 'styxy run --name shop --type dev -- serve-it' });
    const run = start('--json', '--', 'pnpm', 'dev');
    const [lease] = await serving(1);
    expect(lease).toMatchObject({ service_name: 'shop', service_type: 'dev', holder: { pid: run.pid } });
    expect(JSON.parse(run.stderr().split('\n')[0]!)).toMatchObject({
      port: lease!.port,
      service_name: 'dev',
    });
    expect((await home.cli(['url', 'shop'], place)).stdout).toBe(`http://localhost:${lease!.port}\n`);
    await end(run);
    const again = await home.cli(['run', '--name', 'shop', '--', 'printenv', 'PORT'], place);
    expect(again.stdout).toBe(`${lease!.port}\n`);
  });

  test('of a type with other ports has a lease of its own, and the outer port is given back', async () => {
    const { start, serving } = project({ dev: 'styxy run --type api -- serve-it' });
    const run = start('--wait', '--', 'pnpm', 'dev');
    const [lease] = await serving(1, 'the inner lease alone');
    expect(lease).toMatchObject({ service_type: 'api' });
    expect(lease!.holder.pid).not.toBe(run.pid);
    await waitFor(() => run.stderr().includes('ready at'), 10_000, run.stderr);
    const name = lease!.service_name;
    expect(run.stderr()).toMatch(
      new RegExp(`^styxy: ${name} has a port of its own, ${lease!.url}; \\d+ is given back$`, 'm'),
    );
    expect(run.stderr()).toContain(`styxy: ready at ${lease!.url}\n`);
    await end(run);
  });

  test('of several each has one of the leases of the outer one, by its own name, and can be stopped alone', async () => {
    const { place, start, serving, leases } = project({
      dev: 'styxy run --name a -- serve-it & styxy run --name b -- serve-it & wait',
    });
    const run = start('--', 'pnpm', 'dev');
    const all = await serving(2);
    expect(all.map(({ service_name: name, holder: { pid } }) => [name, pid]).toSorted()).toEqual([
      ['a', run.pid],
      ['b', run.pid],
    ]);
    const stopped = await home.cli(['stop', 'a'], place);
    expect(stopped, stopped.story).toMatchObject({
      code: 0,
      stderr: `stopped a (port ${all.find(({ service_name: name }) => name === 'a')!.port})\n`,
    });
    expect((await serving(1)).map(({ service_name: name }) => name)).toEqual(['b']);
    await end(run);
    expect(run.stderr()).toBe(`styxy: a was stopped by styxy stop in ~/${basename(place.cwd)}\n`);
    expect(await leases()).toEqual([]);
  });

  test('of the packages of a workspace each has its own, also where the runner hands on no variables', async () => {
    const { addPackage, start, serving } = project();
    addPackage('web', { dev: 'styxy run -- serve-it' });
    addPackage('api', { dev: 'styxy run -- serve-it' });
    const run = start('--', 'turbo', 'run', 'dev');
    const all = await serving(2);
    const places = all.map(({ service_folder: folder, service_name: name }) => `${name} in ${folder}`);
    expect(places.toSorted()).toEqual(['api in packages/api', 'web in packages/web']);
    for (const { holder } of all) expect(holder.pid).toBe(run.pid);
    await end(run);
  });

  test('of several knows the others, and has the same name and port without the outer one', async () => {
    const { place, start, serving, leases } = project({
      dev: 'tsc & styxy run -- node one.js & styxy run -- node two.js & wait',
    });
    const tells = `require('http').createServer((_, answer) => answer.end(JSON.stringify(process.env)))
      .listen(process.env.PORT);`;
    for (const name of ['one.js', 'two.js']) writeFileSync(join(place.cwd, name), tells);
    const ports = async () => {
      const all = (await serving(2)).map(({ service_name: name, port }) => [name, port] as const);
      return Object.fromEntries(all);
    };
    const run = start('--wait', '--', 'pnpm', 'dev');
    const { dev, two } = await ports();
    for (const [port, name] of [
      [dev, 'dev'],
      [two, 'two'],
    ] as const)
      expect(JSON.parse(await ofPort(port))).toMatchObject({
        STYXY_SERVICE: name,
        DEV_PORT: String(dev),
        TWO_PORT: String(two),
      });
    await waitFor(() => run.stderr().includes(`ready at http://localhost:${dev}\n`), 10_000, run.stderr);
    await end(run);
    expect(await leases()).toEqual([]);
    const alone = home.start([], { ...place, via: ['sh', '-c', 'exec npm run dev'] });
    expect(await ports()).toEqual({ dev, two });
    expect((await home.cli(['stop', 'dev', 'two'], place)).code).toBe(0);
    await alone.finished();
  });

  test('of a server that is to be moved goes on with that', async () => {
    const { place, start, serving } = project({
      dev: 'styxy run -- node one.js & styxy run -- node two.js & wait',
    });
    const [one, two] = [home.ports.first + 5, home.ports.first + 6];
    const serves = (own: number, other: number): string =>
      `require('http').createServer((_, answer) => answer.end('I am ${own} ')).listen(${own}, '127.0.0.1');
      setInterval(() => require('http').get('http://127.0.0.1:${other}', (a) => a.pipe(process.stdout)).on('error', () => {}), 200);`;
    writeFileSync(join(place.cwd, 'one.js'), serves(one, two));
    writeFileSync(join(place.cwd, 'two.js'), serves(two, one));
    const taken = await startOutsider(two, '127.0.0.1');
    const run = start('--remap', '--', 'pnpm', 'dev');
    const leases = await serving(2);
    expect(leases.some(({ port }) => port === two)).toBe(false);
    await waitFor(
      () => run.stdout().includes(`I am ${one} `) && run.stdout().includes(`I am ${two} `),
      10_000,
      run.stdout,
    );
    await end(run);
    await taken.end();
  });

  test('beside a program of its own leaves that one its port', async () => {
    const { start, serving } = project({ dev: 'styxy run --name worker -- serve-it & serve-it' });
    const run = start('--', 'pnpm', 'dev');
    const all = await serving(2);
    expect(all.map(({ service_name: name }) => name).toSorted()).toEqual(['dev', 'worker']);
    await end(run);
    expect(run.stderr()).toBe('');
  });

  test('that is to reuse what runs already starts no second one', async () => {
    const { cli, leases } = project({ dev: 'styxy run --name web --if-running reuse -- serve-it' });
    const first = await cli('run', '--detach', '--wait', '--name', 'web', '--', 'serve-it');
    const run = await cli('run', '--', 'pnpm', 'dev');
    expect(run, run.story).toMatchObject({ code: 0, stdout: first.stdout });
    expect(await leases()).toHaveLength(1);
    expect((await cli('stop', 'web')).code).toBe(0);
  });

  test('in the background is waited for, found by its name and stopped with it', async () => {
    const { place, leases, cli } = project({ dev: 'styxy run -- serve-it' });
    const run = await cli('run', '--detach', '--wait', '--', 'pnpm', 'dev');
    expect(run.code, run.story).toBe(0);
    const url = run.stdout.trim();
    expect(await (await fetch(url)).text()).toMatch(/^\d+$/);
    expect((await home.cli(['url', 'dev'], place)).stdout).toBe(`${url}\n`);
    expect((await cli('run', '--detach', '--wait', '--', 'pnpm', 'dev')).stdout).toBe(`${url}\n`);
    expect(await leases()).toHaveLength(1);
    expect((await cli('stop', 'dev')).code).toBe(0);
    expect(await leases()).toEqual([]);
  });

  test('in the background, with a port of its own, is the one that is told', async () => {
    const { place, leases, serving, cli } = project({ dev: 'styxy run --type api -- serve-it' });
    const run = await cli('run', '--detach', '--wait', '--', 'pnpm', 'dev');
    expect(run.code, run.story).toBe(0);
    const [lease] = await serving(1);
    expect(lease).toMatchObject({ service_type: 'api' });
    expect(run.stdout).toBe(`${lease!.url}\n`);
    expect(run.stderr).toMatch(
      /runs in the background, in a run of its own inside dev .* styxy stop --all ends both/,
    );
    expect((await home.cli(['stop', '--all'], place)).code).toBe(0);
    expect(await leases()).toEqual([]);
  });

  test('that goes to the background outlives the outer one with its lease', async () => {
    const { place, leases, cli } = project({ dev: 'styxy run --detach --wait --name web -- serve-it' });
    const run = await cli('run', '--', 'pnpm', 'dev');
    expect(run.code, run.story).toBe(0);
    const [lease, ...more] = await leases();
    expect(more).toEqual([]);
    expect(lease).toMatchObject({ service_name: 'web', state: 'bound' });
    expect(run.stdout).toContain(`http://localhost:${lease!.port}\n`);
    expect((await home.cli(['stop', 'web'], place)).code).toBe(0);
  });

  test('that fails gives its code on, and nothing is left', async () => {
    const { leases, cli } = project({ dev: "styxy run -- sh -c 'exit 7'" });
    expect((await cli('run', '--', 'pnpm', 'dev')).code).toBe(7);
    expect(await leases()).toEqual([]);
  });

  test('ends with the outer one when that is killed', async () => {
    const { start, serving, leases } = project({ dev: 'styxy run -- serve-it' });
    const run = start('--', 'pnpm', 'dev');
    const [lease] = await serving(1);
    const server = Number(await ofPort(lease!.port));
    run.process.kill('SIGKILL');
    await waitFor(async () => (await leases()).length === 0, 10_000, 'the lease to end');
    await waitFor(() => !isAlive(server), 5000, 'the server to end');
    await run.finished();
  });

  test('belongs to no instance when the outer one belongs to none', async () => {
    const { start, serving } = project({
      dev: 'styxy run --name a -- serve-it & styxy run --name b -- serve-it',
    });
    const run = start('--', 'pnpm', 'dev');
    for (const { instance_id: instance } of await serving(2)) expect(instance).toBeNull();
    await end(run);
  });

  test.each([
    ['script', 'run dev', { dev: 'styxy run dev' }, undefined],
    ['script', 'run -- npm run dev', { dev: 'styxy run dev' }, undefined],
    ['service', 'run web', {}, { web: { command: 'styxy run web' } }],
    ['service', 'run web', { start: 'styxy run web' }, { web: { command: 'npm start' } }],
    ['service', 'run web', {}, { web: { command: ['sh', '-c', 'styxy run web'] } }],
  ])(
    'of a %s that runs itself is refused before anything starts: `styxy %s`',
    async (kind, line, scripts, services) => {
      const { cli, leases } = project(scripts, services);
      const refused = await cli(...line.split(' '));
      expectError(refused, 64, 'USAGE');
      expect(refused.stderr).toMatch(new RegExp(`${kind} "\\w+" runs itself\n +why: .*"styxy run \\w+"`));
      expect(await leases()).toEqual([]);
    },
  );
});
