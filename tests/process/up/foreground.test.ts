import { writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectError } from '../../support/complaints.ts';
import { styxyHome, type Exit, type Running } from '../../support/home.ts';
import { startOutsider } from '../../support/outsider.ts';
import { isAlive, waitFor } from '../../support/processes.ts';
import { service, upProject, type UpProject } from '../../support/up-project.ts';

describe('`styxy up`', () => {
  const home = styxyHome();
  beforeAll(async () => void (await home.cli(['daemon', 'start'])));

  const start = (project: UpProject, ...args: string[]): Running =>
    home.start(['up', ...args], { cwd: project.path, env: project.env });
  const isUp = (run: Running) =>
    waitFor(
      () => run.stderr().includes('READY AFTER'),
      20_000,
      () => `up:\n${run.stdout()}${run.stderr()}`,
    );
  const interrupt = (run: Running) => void run.process.kill('SIGINT');
  /** The last that it says is why. */
  const expectFailure = (exit: Exit, code: string) => {
    expect(exit.code, exit.story).toBe(1);
    expect(exit.stderr).toMatch(new RegExp(`^styxy: error\\[${code}\\]: `, 'm'));
    expect(exit.stderr).toMatch(/\n {2}try: .*\n {2}see: .*\n$/);
  };
  /** Without the lines of Styxy itself. */
  const notes = (project: UpProject) => project.journal().map((line) => line.replace(/ \d+$/, ''));

  test('starts services in the order of depends_on, each when what it needs is ready, and ends them in reverse', async () => {
    const project = upProject(home, 'ordered', {
      web: { type: 'dev', command: service('serve'), depends_on: ['api'] },
      api: { type: 'dev', command: service('serve'), depends_on: ['db'] },
      db: { type: 'dev', command: service('serve') },
    });
    const run = start(project);
    await isUp(run);
    expect(notes(project)).toEqual([
      'db starts',
      'db listens',
      'api starts',
      'api listens',
      'web starts',
      'web listens',
    ]);
    const leases = await project.leases();
    expect(leases.map(({ service_name }) => service_name).toSorted()).toEqual(['api', 'db', 'web']);
    for (const { port, service_name: name } of leases) {
      expect(run.stderr()).toMatch(new RegExp(`^${name} .*http://localhost:${port}`, 'm'));
      expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toMatch(new RegExp(`^${name} `));
    }
    interrupt(run);
    const exit = await run.finished();
    expect(exit.code, exit.story).toBe(130);
    expect(notes(project).slice(6)).toEqual(['web ends', 'api ends', 'db ends']);
    await project.expectNothingLeft();
  });

  test('prints lines with the name before them, without colours and carriage returns in a pipe', async () => {
    const project = upProject(home, 'printed', {
      web: { type: 'dev', command: service('serve') },
      database: { type: 'dev', command: service('prints'), ready: { output: 'ready to accept' } },
    });
    const run = start(project);
    await isUp(run);
    interrupt(run);
    const { stdout } = await run.finished();
    expect(stdout).toContain('web      | serving\n');
    expect(stdout).toContain('database | counting 100%\n');
    expect(stdout).toContain('database | database system is ready to accept connections\n');
    expect(stdout).not.toMatch(/[\u001b\r]/);

    const bare = start(project, '--no-prefix');
    await isUp(bare);
    interrupt(bare);
    expect((await bare.finished()).stdout).toContain('\nserving\n');
    await project.expectNothingLeft();
  });

  test('waits for an answer of a path, and tells siblings where it is', async () => {
    const project = upProject(home, 'healthy', {
      web: { type: 'dev', command: service('serve'), depends_on: ['api'] },
      api: { type: 'dev', command: service('unhealthy', 'gate'), ready: { http: '/health', timeout: '30s' } },
    });
    const run = start(project);
    await waitFor(() => run.stdout().includes('api | serving'), 20_000, 'api to listen');
    expect(notes(project)).not.toContain('web starts');
    writeFileSync(project.file('gate'), '');
    await isUp(run);
    const [api] = (await project.leases()).filter(({ service_name }) => service_name === 'api');
    expect(run.stdout()).toMatch(new RegExp(`^web \\| PORT=\\d+ API_PORT=${api?.port} `, 'm'));
    interrupt(run);
    await run.finished();
    await project.expectNothingLeft();
  });

  test('takes a service that listens on no port for ready as soon as it runs', async () => {
    const project = upProject(home, 'worker', {
      worker: { type: 'dev', command: service('hangs'), ready: { port: false } },
    });
    const run = start(project);
    await isUp(run);
    interrupt(run);
    expect((await run.finished()).code).toBe(130);
    await project.expectNothingLeft();
  });

  test('takes a line without an end for one, too', async () => {
    const project = upProject(home, 'unended', {
      good: { type: 'dev', command: service('begins', 'all ready'), ready: { output: 'ready' } },
      bad: { type: 'dev', command: service('begins', 'not yet'), ready: { output: 'ready', timeout: '1s' } },
    });
    const run = start(project, 'good');
    await isUp(run);
    interrupt(run);
    expect((await run.finished()).code).toBe(130);
    const exit = await home.cli(['up', 'bad'], { cwd: project.path, env: project.env });
    expectFailure(exit, 'TIMED_OUT');
    expect(exit.stderr).toContain('| not yet');
    await project.expectNothingLeft();
  });

  test('starts only what is named, and what that depends on', async () => {
    const project = upProject(home, 'chosen', {
      web: { type: 'dev', command: service('serve') },
      api: { type: 'dev', command: service('serve'), depends_on: ['db'] },
      db: { type: 'dev', command: service('serve') },
    });
    const run = start(project, 'api');
    await isUp(run);
    expect(notes(project).filter((line) => line.endsWith('starts'))).toEqual(['db starts', 'api starts']);
    interrupt(run);
    await run.finished();
    expectError(await home.cli(['up', 'apl'], { cwd: project.path }), 64, 'USAGE');
  });

  test('names a service that does not get ready in time, and leaves nothing running', async () => {
    const project = upProject(home, 'late', {
      web: { type: 'dev', command: service('serve') },
      api: { type: 'dev', command: service('hangs'), ready: { port: true, timeout: '1s' } },
      next: { type: 'dev', command: service('serve'), depends_on: ['api'] },
    });
    const exit = await home.cli(['up'], { cwd: project.path, env: project.env });
    expectFailure(exit, 'TIMED_OUT');
    expect(exit.stderr).toContain('"api" was not ready within 1 s');
    expect(exit.stderr).toMatch(/nothing of it listens on port \d+/);
    expect(notes(project)).not.toContain('next starts');
    await project.expectNothingLeft();
  });

  test('names a service that dies at once, with what it printed, and ends the others', async () => {
    const project = upProject(home, 'dead', {
      web: { type: 'dev', command: service('serve') },
      api: { type: 'dev', command: service('dies', 'no database here') },
    });
    const exit = await home.cli(['up'], { cwd: project.path });
    expectFailure(exit, 'SERVICE_ENDED');
    expect(exit.stderr).toContain('"api" ended with code 3');
    expect(exit.stderr).toContain('| no database here');
    await project.expectNothingLeft();
  });

  test('ends all when one dies later', async () => {
    const project = upProject(home, 'mortal', {
      web: { type: 'dev', command: service('serve') },
      api: { type: 'dev', command: service('mortal') },
    });
    const run = start(project);
    await isUp(run);
    const [api] = (await project.leases()).filter(({ service_name }) => service_name === 'api');
    await fetch(`http://127.0.0.1:${api?.port}/die`).catch(() => undefined);
    expectFailure(await run.finished(), 'SERVICE_ENDED');
    expect(run.stderr()).toContain('"api" ended with code 7');
    await project.expectNothingLeft();
  });

  test('starts a service again that fails, where "restart" says so', async () => {
    const project = upProject(home, 'recovering', {
      api: { type: 'dev', command: service('recovers', 'marker'), restart: 'on-failure' },
    });
    const run = start(project);
    await isUp(run);
    expect(run.stdout()).toContain('api ended with code 1; starting again in 1 s (1 of 5)');
    expect(notes(project).filter((line) => line === 'api starts')).toHaveLength(2);
    interrupt(run);
    expect((await run.finished()).code).toBe(130);
    await project.expectNothingLeft();
  });

  test('starts it at the port of a switch that is ordered in the pause before its next start', async () => {
    const fixed = home.ports.first + 30;
    const outsider = await startOutsider(fixed, '127.0.0.1');
    const project = upProject(home, 'switched', {
      api: { type: 'dev', command: service('mended', 'gate'), restart: 'on-failure', prefer: fixed },
    });
    const run = start(project);
    await waitFor(
      () => run.stdout().includes('starting again in 4 s'),
      20_000,
      () => run.stdout(),
    );
    const [before] = await project.leases();
    expect(before?.port).not.toBe(fixed);
    await outsider.end();
    writeFileSync(project.file('gate'), '');
    const switched = await home.cli(['switch', 'api'], { cwd: project.path });
    expect(switched, switched.story + run.stdout()).toMatchObject({ code: 0 });
    expect(await (await fetch(`http://127.0.0.1:${fixed}/`)).text()).toMatch(/^api /);
    expect(run.stdout()).toContain(`starting the command again on port ${fixed} (styxy switch)`);
    interrupt(run);
    await run.finished();
    await project.expectNothingLeft();
  });

  test('ends a service at once that does not listen to SIGTERM, at the second Ctrl-C', async () => {
    const project = upProject(home, 'deaf', { web: { type: 'dev', command: service('deaf') } });
    const run = start(project);
    await isUp(run);
    interrupt(run);
    await waitFor(() => run.stderr().includes('once more to end at once'), 5000, 'the first Ctrl-C');
    // What a package manager passes on of the same key is no second one.
    interrupt(run);
    const asked = performance.now();
    await waitFor(() => performance.now() - asked > 350, 5000, 'the time of one key');
    expect(isAlive(run.pid)).toBe(true);
    interrupt(run);
    expect((await run.finished(8000)).code).toBe(130);
    await waitFor(async () => (await project.leases()).length === 0, 10_000, 'the lease to end');
    await project.expectNothingLeft();
  });

  test('ends what it has started at a Ctrl-C before all are ready, and calls that no failure', async () => {
    const project = upProject(home, 'early', {
      web: { type: 'dev', command: service('serve'), depends_on: ['api'] },
      api: { type: 'dev', command: service('hangs') },
    });
    const run = start(project);
    await waitFor(() => run.stdout().includes('api | '), 20_000, 'api to run');
    interrupt(run);
    const exit = await run.finished();
    expect(exit.code, exit.story).toBe(130);
    expect(exit.stderr).toContain('1 service has ended');
    expect(exit.stderr).not.toContain('error[');
    await project.expectNothingLeft();
  });

  test('leaves nothing when it is killed', async () => {
    const project = upProject(home, 'killed', {
      web: { type: 'dev', command: service('serve') },
      api: { type: 'dev', command: service('serve'), depends_on: ['web'] },
    });
    const run = start(project);
    await isUp(run);
    run.process.kill('SIGKILL');
    await run.finished();
    await waitFor(async () => (await project.leases()).length === 0, 10_000, 'the leases to end');
    await project.expectNothingLeft();
  });

  test.each([
    ['wait', ['--timeout', '1s'], 'TIMED_OUT'],
    ['release', [], 'LEASE_NOT_FOUND'],
    ['stop', [], 'LEASE_NOT_FOUND'],
    ['url', [], 'LEASE_NOT_FOUND'],
  ])('is what %s of a service that does not run advises', async (command, options, code) => {
    const project = upProject(home, 'idle', { api: { type: 'dev', command: service('serve') } });
    const exit = await home.cli([command, 'api', ...options], { cwd: project.path });
    expect(exit.stderr).toContain(`error[${code}]`);
    expect(exit.stderr).toContain('try: styxy up api starts it\n');
  });

  test('goes on without a service that somebody stops, and ends with the last', async () => {
    const project = upProject(home, 'stopped', {
      web: { type: 'dev', command: service('serve') },
      api: { type: 'dev', command: service('serve') },
    });
    const run = start(project);
    await isUp(run);
    expect((await home.cli(['stop', 'api'], { cwd: project.path })).code).toBe(0);
    await waitFor(() => run.stderr().includes('api was stopped; the others go on'), 5000, 'the note');
    expect((await project.leases()).map(({ service_name }) => service_name)).toEqual(['web']);
    expect((await home.cli(['down'], { cwd: project.path })).code).toBe(0);
    expect((await run.finished()).code).toBe(0);
    await project.expectNothingLeft();
  });

  test.each([
    ['a service that is not there', { web: { depends_on: ['apl'] }, api: {} }, 'did you mean "api"?'],
    ['a circle', { a: { depends_on: ['b'] }, b: { depends_on: ['a'] } }, 'a -> b -> a'],
    ['a time that is none', { a: { ready: { timeout: 'soon' } } }, 'a length of time like "30s"'],
    ['two rules at once', { a: { ready: { http: '/', output: 'x' } } }, 'one of {"port": true}'],
  ])('refuses a configuration with %s', async (_, services, words) => {
    const project = upProject(home, 'wrong', services);
    const exit = await home.cli(['up'], { cwd: project.path });
    expectError(exit, 78, 'BAD_CONFIG');
    expect(exit.stderr).toContain(words);
  });
});
