import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectError } from '../../support/complaints.ts';
import { styxyHome } from '../../support/home.ts';
import { isAlive, waitFor } from '../../support/processes.ts';
import { service, upProject, type UpProject } from '../../support/up-project.ts';

interface UpLine {
  event: string;
  service?: string;
  services?: { service_name: string; port: number; pid: number; existing: boolean }[];
}

describe('`styxy up --detach`', () => {
  const home = styxyHome();
  beforeAll(async () => void (await home.cli(['daemon', 'start'])));

  const cli = (project: UpProject, ...args: string[]) =>
    home.cli(args, { cwd: project.path, env: project.env });
  /** The last of its events. */
  const upJson = async (project: UpProject) => {
    const exit = await cli(project, 'up', '--detach', '--json');
    expect(exit.code, exit.story).toBe(0);
    const lines = exit.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as UpLine);
    return { lines, services: lines.at(-1)?.services ?? [] };
  };

  test('returns when all are ready; again, it reuses what runs and starts what died', async () => {
    const project = upProject(home, 'again', {
      web: { type: 'dev', command: service('serve'), depends_on: ['api'] },
      api: { type: 'dev', command: service('mortal') },
    });
    const first = await cli(project, 'up', '--detach');
    expect(first.code, first.story).toBe(0);
    expect(first.stdout).toMatch(/^SERVICE .*\napi .*\nweb .*\n$/);
    const before = await project.leases();
    expect(before.map(({ state }) => state)).toEqual(['bound', 'bound']);

    const already = await cli(project, 'up', '--detach');
    expect(already.stderr).toContain(
      '2 services run already: styxy logs shows their output, styxy down ends them\n',
    );
    const second = await upJson(project);
    expect(second.services.map(({ existing }) => existing)).toEqual([true, true]);
    expect(second.lines.map(({ event }) => event)).toEqual(['ready', 'ready', 'up']);

    const api = before.find(({ service_name: name }) => name === 'api');
    await fetch(`http://127.0.0.1:${api?.port}/die`).catch(() => undefined);
    await waitFor(async () => (await project.leases()).length === 1, 5000, 'api to be gone');
    // Its wrapper ends a moment after its lease.
    await waitFor(
      async () => (await cli(project, 'list', '--project', '.')).stderr.includes('api has ended by itself'),
      5000,
      'list to tell',
    );
    expect((await cli(project, 'doctor')).stdout).toContain(`api of ${project.path} has ended by itself`);
    const told = await cli(project, 'up', '--detach', 'api');
    expect(told.stderr).toContain('starting api, which has ended by itself');
    const third = await upJson(project);
    expect(third.services.map(({ service_name: name, existing }) => [name, existing])).toEqual([
      ['api', true],
      ['web', true],
    ]);
    expect(third.services.map(({ port }) => port)).toEqual(second.services.map(({ port }) => port));
    expect((await cli(project, 'list', '--project', '.')).stderr).not.toContain('has ended by itself');
    expect((await cli(project, 'down')).code).toBe(0);
    expect(project.journal().slice(-2)).toEqual(['web ends', 'api ends']);
    expect((await cli(project, 'list', '--project', '.')).stderr).not.toContain('has ended by itself');
    await project.expectNothingLeft();
  });

  test('says how what it has not started ends: styxy down leaves that alone', async () => {
    const project = upProject(home, 'of-others');
    const scripts = { dev: service('serve').join(' ') };
    writeFileSync(
      project.file('package.json'),
      JSON.stringify({ name: 'of-others', private: true, scripts }),
    );
    const run = await cli(project, 'run', '--detach', '--wait', 'dev');
    expect(run.code, run.story).toBe(0);
    const up = await cli(project, 'up', '--detach');
    const [name] = (await project.leases()).map((lease) => lease.service_name ?? lease.service_type);
    expect(up.stderr, up.story).toBe(`styxy: ${name} runs already: styxy stop ${name} ends it\n`);
    expect((await cli(project, 'down')).stderr).toContain('no service of');
    expect((await cli(project, 'stop', String(name))).code).toBe(0);
    const ours = await cli(project, 'up', '--detach');
    expect(ours.stderr).toMatch(/ is up after .* s: styxy logs shows its output, styxy down ends it\n/);
    expect((await cli(project, 'down')).code).toBe(0);
    await project.expectNothingLeft();
  });

  test('several at once have one start each service, and all return when they are ready', async () => {
    const project = upProject(home, 'at-once', {
      web: { type: 'dev', command: service('serve'), depends_on: ['api'] },
      api: { type: 'dev', command: service('serve') },
    });
    const exits = await Promise.all([1, 2, 3].map(() => cli(project, 'up', '--detach')));
    for (const exit of exits) {
      expect(exit.code, exit.story).toBe(0);
      expect(exit.stdout, exit.story).toMatch(/^SERVICE .*\napi .*\nweb .*\n$/);
    }
    expect(await project.leases()).toHaveLength(2);
    // Those that came late have not written themselves down as who runs it.
    expect((await cli(project, 'doctor')).stdout).not.toContain('has ended by itself');
    expect((await cli(project, 'down')).code).toBe(0);
    expect((await cli(project, 'list', '--project', '.')).stderr).not.toContain('has ended by itself');
    await project.expectNothingLeft();
  });

  test('several at once give up, all of them, on a service that does not get ready', async () => {
    const project = upProject(home, 'late-at-once', {
      api: { type: 'dev', command: service('hangs'), ready: { port: true, timeout: '2s' } },
    });
    const exits = await Promise.all([1, 2, 3].map(() => cli(project, 'up', '--detach')));
    for (const exit of exits) {
      expect(exit.code, exit.story).toBe(1);
      expect(exit.stderr).toContain('styxy: error[TIMED_OUT]: "api" was not ready within ');
    }
    await project.expectNothingLeft();
  });

  test('leaves nothing of its own when one fails, and what ran before goes on', async () => {
    const services = {
      old: { type: 'dev', command: service('serve') },
      web: { type: 'dev', command: service('serve') },
      api: { type: 'dev', command: service('dies', 'no database here') },
    };
    const project = upProject(home, 'failing', services);
    await cli(project, 'up', '--detach', 'old');
    const exit = await cli(project, 'up', '--detach');
    expect(exit.code, exit.story).toBe(1);
    expect(exit.stderr).toMatch(/^styxy: error\[SERVICE_ENDED\]: "api" ended with code 3/m);
    expect((await project.leases()).map(({ service_name: name }) => name)).toEqual(['old']);
    const { stderr } = await cli(project, 'list');
    expect(stderr, 'the one that was ended').not.toContain('web has ended by itself');
    expect((await cli(project, 'down')).code).toBe(0);
    await project.expectNothingLeft();
  });

  test('leaves nothing when it is killed before all are ready', async () => {
    const project = upProject(home, 'halfway', {
      web: { type: 'dev', command: service('serve') },
      api: { type: 'dev', command: service('hangs') },
    });
    const run = home.start(['up', '--detach'], { cwd: project.path, env: project.env });
    await waitFor(async () => (await project.leases()).length === 2, 20_000, 'both to be started');
    run.process.kill('SIGKILL');
    await run.finished();
    await waitFor(async () => (await project.leases()).length === 0, 10_000, 'the leases to end');
    await project.expectNothingLeft();
  });

  test('shows the output of all by `styxy logs`, each line with the name of its service', async () => {
    const project = upProject(home, 'logged', {
      web: { type: 'dev', command: service('serve') },
      db: { type: 'dev', command: service('prints'), ready: { output: 'ready to accept' } },
    });
    expectError(await cli(project, 'logs'), 1, 'NOT_LOGGED');
    await cli(project, 'up', '--detach');
    const { stdout } = await cli(project, 'logs');
    expect(stdout).toMatch(/^db {2}\| database system is ready to accept connections$/m);
    expect(stdout).toMatch(/^web \| serving$/m);
    expect(stdout).not.toMatch(/[\u001b\r]/);
    const json = await home.json<{ service_name: string; lines: string[] }[]>(['logs', '--lines', '1'], {
      cwd: project.path,
    });
    expect(json.map(({ service_name: name, lines }) => [name, lines.length])).toEqual([
      ['db', 1],
      ['web', 1],
    ]);
    const followed = home.start(['logs', '--follow'], { cwd: project.path });
    await waitFor(() => followed.stdout().includes('web | serving'), 10_000, 'the lines of before');
    await cli(project, 'restart', 'web', '--wait');
    const served = () => followed.stdout().split('web | serving').length - 1;
    await waitFor(() => served() === 2, 10_000, 'the lines of the restarted service');
    followed.process.kill('SIGTERM');
    await followed.finished();
    expect((await cli(project, 'down', 'web')).code).toBe(0);
    expect((await project.leases()).map(({ service_name: name }) => name)).toEqual(['db']);
    await cli(project, 'down');
    await project.expectNothingLeft();
  });

  test('ends those of this worktree alone by `styxy down`; --all asks', async () => {
    const [one, other] = ['one', 'other'].map((name) =>
      upProject(home, name, { web: { type: 'dev', command: service('serve') } }),
    ) as [UpProject, UpProject];
    for (const project of [one, other]) await cli(project, 'up', '--detach');
    expect((await cli(one, 'down')).code).toBe(0);
    await waitFor(async () => (await one.leases()).length === 0, 5000, 'its own to end');
    expect(await other.leases()).toHaveLength(1);
    const asked = await cli(one, 'down', '--all');
    expectError(asked, 64, 'USAGE');
    expect(asked.stderr).toContain('nobody is there to be asked');
    expect(await other.leases()).toHaveLength(1);
    expect((await cli(one, 'down', '--all', '--yes')).code).toBe(0);
    await other.expectNothingLeft();
    const nothing = await cli(one, 'down');
    expect([nothing.code, nothing.stderr]).toEqual([0, expect.stringContaining('no service of')]);
  });

  test('`styxy restart` of a service of a terminal leaves its output there, and the others as they are', async () => {
    const project = upProject(home, 'restarted', {
      web: { type: 'dev', command: service('serve'), depends_on: ['api'] },
      api: { type: 'dev', command: service('serve') },
    });
    const run = home.start(['up'], { cwd: project.path, env: project.env });
    await waitFor(() => run.stderr().includes('READY AFTER'), 20_000, 'both to be up');
    const of = async (name: string) =>
      (await project.leases()).find(({ service_name: each }) => each === name);
    const [api, web] = [await of('api'), await of('web')];
    const exit = await cli(project, 'restart', 'api', '--wait');
    expect(exit.stdout).toBe(`${api?.url}\n`);
    const next = await of('api');
    expect(next?.process_id).not.toBe(api?.process_id);
    expect(isAlive(api?.process_id ?? -1)).toBe(false);
    expect((await of('web'))?.lock_id).toBe(web?.lock_id);
    await waitFor(() => run.stdout().split('api | serving').length === 3, 5000, 'its lines in the terminal');
    expect(run.stderr()).toContain('api was asked to start again');
    run.process.kill('SIGINT');
    expect((await run.finished()).code).toBe(130);
    await project.expectNothingLeft();
  });

  test('prints what would be started, and why, with --dry-run', async () => {
    const project = upProject(home, 'planned', {
      web: { type: 'dev', command: service('serve'), depends_on: ['api'] },
      api: { type: 'dev', command: service('serve'), ready: { http: '/health', timeout: '5s' } },
    });
    const plan = await home.json<{ services: object[] }>(['up', 'web', '--dry-run'], { cwd: project.path });
    expect(plan.services).toMatchObject([
      {
        service_name: 'api',
        depends_on: [],
        ready: { when: 'answers', path: '/health', timeout_ms: 5000 },
        running: false,
        because: '"web" depends on it',
      },
      { service_name: 'web', depends_on: ['api'], restart: 'no', because: 'named in styxy.config.json' },
    ]);
    const { stdout } = await cli(project, 'up', '--dry-run');
    expect(stdout).toMatch(
      /^SERVICE .*\napi .*\/health answers.*\nweb .*\napi gets \d+: \S.*\nweb gets \d+: \S.*\n$/,
    );
    await project.expectNothingLeft();
  });
});

describe('`styxy up` without a configuration', () => {
  const home = styxyHome();

  /** A workspace of npm: two services, a library, and a root that starts all. */
  const workspace = (name: string) => {
    const project = upProject(home, name);
    const write = (folder: string, content: object) => {
      project.folder(folder);
      writeFileSync(project.file(`${folder}/package.json`), JSON.stringify(content));
    };
    write('.', { name: 'acme', workspaces: ['apps/*', 'libs/*'], scripts: { dev: 'npm run dev -ws' } });
    for (const app of ['web', 'api']) {
      const code = `require('http').createServer((_, r) => r.end(process.env.API_PORT)).listen(process.env.PORT)`;
      write(`apps/${app}`, { name: `@acme/${app}`, scripts: { dev: 'node server.js' } });
      writeFileSync(project.file(`apps/${app}/server.js`), code);
    }
    write('libs/ui', { name: '@acme/ui', scripts: { dev: 'tsc --watch' } });
    return project;
  };
  const names = async (args: string[], cwd: string) => {
    const plan = await home.json<{ services: { service_name: string }[]; left_out: { name: string }[] }>(
      ['up', '--dry-run', ...args],
      { cwd },
    );
    return [plan.services.map(({ service_name: name }) => name), plan.left_out.map(({ name }) => name)];
  };

  test('misses no package.json in the root of a pnpm workspace that has none', async () => {
    const project = workspace('rootless');
    rmSync(project.file('package.json'));
    execFileSync('git', ['init', '--quiet'], { cwd: project.path });
    writeFileSync(project.file('pnpm-workspace.yaml'), 'packages:\n  - apps/*\n');
    const [services, left] = await names(['--workspace', 'all'], project.file('apps/web'));
    expect(services?.toSorted()).toEqual(['api', 'web']);
    expect(left).toEqual([]);
  });

  test('starts the packages of a workspace whose script serves, and tells each where the others are', async () => {
    const project = workspace('found');
    const other = workspace('beside');
    for (const each of [project, other]) {
      const exit = await home.cli(['up', '--detach'], { cwd: each.path });
      expect(exit.code, exit.story).toBe(0);
      expect(exit.stderr).toContain(
        'ui is left out: nothing tells that its script "dev" serves (tsc --watch)',
      );
    }
    for (const each of [project, other]) {
      const leases = await each.leases();
      const at = (name: string) => leases.find(({ service_name }) => service_name === name);
      expect(leases.map(({ service_name: name }) => name).toSorted()).toEqual(['api', 'web']);
      const told = await (await fetch(`http://127.0.0.1:${at('web')?.port}/`)).text();
      expect(told, 'its own api, not that of the other worktree').toBe(String(at('api')?.port));
      expect((await home.cli(['url', 'web'], { cwd: each.path })).stdout.trim()).toBe(at('web')?.url);
    }
    // The same service, whether `up` starts it or `run` in its folder.
    const plan = await home.json<{ running?: object }>(['run', '--detach', '--dry-run', 'dev'], {
      cwd: project.file('apps/web'),
    });
    expect(plan.running).toMatchObject({ service_name: 'web' });
    for (const each of [project, other]) {
      expect((await home.cli(['down'], { cwd: each.path })).code).toBe(0);
      await each.expectNothingLeft();
    }
  });

  test('means the package that it is called from, unless the whole workspace is asked for', async () => {
    const { path, file } = workspace('inside');
    expect(await names([], path)).toEqual([['api', 'web'], ['ui']]);
    expect(await names([], file('apps/web'))).toEqual([['web'], []]);
    expect(await names(['--workspace', 'all'], file('apps/web'))).toEqual([['api', 'web'], ['ui']]);
    expect(await names(['ui'], path)).toEqual([['ui'], []]);
    expect(await names(['apps/api'], path)).toEqual([['api'], []]);
    const wrong = await home.cli(['up', 'wep'], { cwd: path });
    expectError(wrong, 64, 'USAGE');
    expect(wrong.stderr).toContain('did you mean "web"?');
  });

  test('names a package whose package.json cannot be read', async () => {
    const { path, file } = workspace('broken');
    writeFileSync(file('apps/api/package.json'), '{ bad');
    expect(await names([], path)).toEqual([['web'], ['apps/api/package.json', 'ui']]);
    const alone = await home.cli(['up'], { cwd: file('apps/api') });
    expectError(alone, 78, 'BAD_CONFIG');
    expect(alone.stderr).toContain('apps/api/package.json is not valid');
    expect(alone.stderr).toContain('line 1: expected a text in double quotes');
  });

  test('starts the targets of a workspace of nx that no script of a package serves', async () => {
    const project = upProject(home, 'nx');
    const write = (file: string, content: object) => {
      project.folder(file.split('/').slice(0, -1).join('/') || '.');
      writeFileSync(project.file(file), JSON.stringify(content));
    };
    // As nx does: the command of the target, in a shell, in the root of the workspace.
    const nx = `#!${process.execPath}
const [, name, target] = /(.*):(.*)/.exec(process.argv[3]);
const { targets } = JSON.parse(require('node:fs').readFileSync('apps/' + name + '/project.json', 'utf8'));
const child = require('node:child_process').spawn('/bin/sh', ['-c', targets[target].command], { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => process.exit(code ?? 1));
`;
    project.folder('node_modules/.bin');
    writeFileSync(project.file('node_modules/.bin/nx'), nx, { mode: 0o755 });
    write('nx.json', {});
    write('package.json', { name: 'acme', scripts: { start: 'nx serve web' } });
    for (const app of ['web', 'api']) {
      const code = `require('http').createServer((_, r) => r.end(process.env.API_PORT)).listen(process.env.PORT)`;
      write(`apps/${app}/project.json`, {
        name: app,
        targets: { serve: { command: `node apps/${app}/server.js` } },
      });
      writeFileSync(project.file(`apps/${app}/server.js`), code);
    }
    write('libs/ui/project.json', { name: 'ui', targets: { dev: { command: 'tsc --watch' } } });
    execFileSync('git', ['init', '--quiet'], { cwd: project.path });
    expect(await names([], project.path)).toEqual([['api', 'web'], ['ui']]);
    expect(await names([], project.file('apps/web'))).toEqual([['web'], []]);
    expect(await names(['apps/api'], project.path)).toEqual([['api'], []]);
    const exit = await home.cli(['up', '--detach'], { cwd: project.path });
    expect(exit.code, exit.story).toBe(0);
    const leases = await project.leases();
    const at = (name: string) => leases.find(({ service_name }) => service_name === name)?.port;
    expect(leases).toHaveLength(2);
    expect(await (await fetch(`http://127.0.0.1:${at('web')}/`)).text()).toBe(String(at('api')));
    expect((await home.cli(['down'], { cwd: project.path })).code).toBe(0);
    await project.expectNothingLeft();
  });

  test('says what is missing where no service has a command', async () => {
    const project = upProject(home, 'unsaid', { api: { type: 'api' } });
    const exit = await home.cli(['up'], { cwd: project.path });
    expectError(exit, 64, 'USAGE');
    expect(exit.stderr).toContain('give it a "command" in styxy.config.json');
  });

  test('says so where there is nothing to start', async () => {
    const project = upProject(home, 'empty');
    expectError(await home.cli(['up'], { cwd: project.path }), 64, 'USAGE');
  });
});

describe('`styxy up` where only a file of docker compose says what there is', () => {
  const home = styxyHome();

  /** Listens where both files together say that ports are published, as an engine would. */
  const DOCKER = `#!${process.execPath}
const texts = process.env.COMPOSE_FILE.split(':').map((file) => require('node:fs').readFileSync(file, 'utf8'));
const ports = texts.map((text) => [...text.matchAll(/(\\d+):\\d+/g)].map(([, port]) => port));
console.log(process.argv.slice(2).join(' '));
// Its own file says that of the first service, the copy beside it another number, and nothing of the second.
for (const port of [ports[1][0], ports[0][1]]) require('node:http').createServer().listen(port, '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));
`;

  test('starts its containers with a lease for each published port, and lists them all', async () => {
    const project = upProject(home, 'composed');
    rmSync(project.file('package.json'));
    execFileSync('git', ['init', '--quiet'], { cwd: project.path });
    const { first } = home.ports;
    const [web, page] = [first, first + 1].map((port) => `{ image: nginx, ports: ["${port}:80"] }`);
    writeFileSync(project.file('compose.yaml'), `services:\n  web: ${web}\n  page: ${page}\n`);
    // One of its numbers is another project's.
    await home.cli(['daemon', 'start']);
    await home.api.allocate({ port: first, ttl_ms: 600_000 });
    project.folder('bin');
    writeFileSync(project.file('bin/docker'), DOCKER, { mode: 0o755 });
    const env = { PATH: `${project.file('bin')}:${home.env['PATH']}` };
    const exit = await home.cli(['up', '--detach'], { cwd: project.path, env });
    expect(exit.code, exit.story).toBe(0);
    const leases = await project.leases();
    expect(leases.map(({ service_name: name }) => name).toSorted()).toEqual(['page', 'web']);
    expect(new Set(leases.map(({ state }) => state))).toEqual(new Set(['bound']));
    expect(leases.map(({ port }) => port)).not.toContain(first);
    for (const { port, service_name: name } of leases)
      expect(exit.stdout).toMatch(new RegExp(`^${name} .*:${port} `, 'm'));
    expect((await home.cli(['logs', 'web'], { cwd: project.path })).stdout).toContain('compose up\n');
    expect((await home.cli(['down'], { cwd: project.path })).code).toBe(0);
    await project.expectNothingLeft();
  });
});
