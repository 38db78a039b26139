import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { BIN, startProgram, styxyHome } from '../../support/home.ts';
import { waitFor } from '../../support/processes.ts';
import { shellQuote } from '../../support/wrapper.ts';

/** Takes no notice of the first signal but that it says so; ends with 7 at the second. */
const STUBBORN = `
let asked = 0;
const end = () => (++asked === 1 ? console.log('asked') : process.exit(7));
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, end);
require('http').createServer().listen(process.env.PORT, () => console.log('listens'));`;

describe.skipIf(process.platform === 'win32')('an end that is asked for while a restart is under way', () => {
  const home = styxyHome();

  /** Its command has been asked to end for a restart, and has not ended yet. */
  async function restarting(name: string) {
    const run = home.start(['run', '--name', name, '--', process.execPath, '-e', STUBBORN]);
    const lease = await waitFor(
      async () => {
        const { allocations } = await home.api.list().catch(() => ({ allocations: [] }));
        return allocations.find((each) => each.service_name === name && each.state === 'bound');
      },
      20_000,
      'the server',
    );
    await home.api.restart(lease.lock_id);
    await waitFor(() => run.stdout().includes('asked'), 20_000, 'the order');
    return run;
  }

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('by %s ends the run', async (signal) => {
    const run = await restarting(signal.toLowerCase());
    run.process.kill(signal);
    expect((await run.finished()).code).toBe(7);
    expect(run.stdout()).toBe('listens\nasked\n');
    expect(run.stderr()).not.toContain('starting the command again');
  });

  test('by `styxy stop` ends the run', async () => {
    const run = await restarting('stopped');
    expect((await home.cli(['stop', 'stopped'])).stderr).toContain('stopped stopped');
    expect((await run.finished()).code).toBe(7);
    expect(run.stdout()).toBe('listens\nasked\n');
  });
});

describe.skipIf(process.platform === 'win32')('a stop that is ordered', () => {
  const home = styxyHome();
  const SLOW = `
process.on('SIGTERM', () => { console.log('asked'); setTimeout(() => process.exit(7), 1500); });
require('http').createServer().listen(process.env.PORT, () => console.log('listens'));`;

  test('is not taken back by a restart that is ordered while the command ends', async () => {
    const run = home.start(['run', '--name', 'slow', '--', process.execPath, '-e', SLOW]);
    await waitFor(() => run.stdout() === 'listens\n', 20_000, 'the server');
    const [lease] = (await home.api.list()).allocations;
    const stopped = home.api.stop(lease!.lock_id);
    await waitFor(() => run.stdout().includes('asked'), 20_000, 'the order');
    await home.api.restart(lease!.lock_id).catch(() => undefined);
    expect((await run.finished()).code).toBe(7);
    await stopped;
    expect(run.stdout()).toBe('listens\nasked\n');
  });
});

describe.skipIf(process.platform === 'win32')('`styxy restart` of what runs at a terminal', () => {
  const home = styxyHome();
  const SERVER = `require('http').createServer().listen(process.env.PORT, () => console.log('listens'));`;

  test('has its run start it again there, on its port', async () => {
    const run = home.start(['run', '--name', 'web', '--', process.execPath, '-e', SERVER]);
    await waitFor(() => run.stdout() === 'listens\n', 20_000, 'the server');
    const [before] = (await home.api.list()).allocations;
    const again = await home.cli(['restart', 'web', '--wait']);
    expect(again, again.story).toMatchObject({ code: 0, stdout: `${before?.url}\n`, stderr: '' });
    const [now] = (await home.api.list()).allocations;
    expect(now).toMatchObject({ lock_id: before?.lock_id, port: before?.port, state: 'bound' });
    expect(now?.process_id).not.toBe(before?.process_id);
    expect(run.stdout()).toBe('listens\nlistens\n');
    run.process.kill('SIGINT');
    await run.finished();
  });

  test('tells in a log where it listens, once for each start, and says nothing more', async () => {
    const log = join(home.place, 'run.log');
    const words = ['run', '--name', 'logged', '--', process.execPath, '-e', SERVER];
    const line = shellQuote([process.execPath, BIN, ...words]);
    const run = startProgram(['sh', '-c', `exec ${line} 2>${shellQuote([log])}`], {
      cwd: home.place,
      env: home.env,
    });
    const lines = () => readFileSync(log, 'utf8').split('\n').slice(0, -1);
    await waitFor(() => run.stdout() === 'listens\n' && lines().length === 1, 20_000, 'the line');
    const [{ url, name_url } = { url: '', name_url: '' }] = (await home.api.list()).allocations;
    const told = `styxy: logged listens on ${url} and ${name_url}`;
    expect(lines()).toEqual([told]);
    await home.cli(['restart', 'logged', '--wait']);
    await waitFor(() => lines().length === 3, 20_000, 'the second line');
    expect(lines()).toEqual([told, expect.stringContaining('starting the command again'), told]);
    run.process.kill('SIGINT');
    await run.finished();
  });

  test('is refused for a process that somebody has named, which goes on', async () => {
    const { port } = await home.json<{ port: number }>([
      'allocate',
      '--type',
      'dev',
      '--pid',
      String(process.pid),
    ]);
    const refused = await home.cli(['restart', String(port)]);
    expect(refused, refused.story).toMatchObject({ code: 64 });
    expect(refused.stderr).toContain('only the one who has started it knows how');
  });
});
