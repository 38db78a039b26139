import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Allocation } from '../../../src/protocol/answers/allocation.ts';
import { expectError } from '../../support/complaints.ts';
import { styxyHome } from '../../support/home.ts';
import { startOutsider } from '../../support/outsider.ts';
import { waitFor } from '../../support/processes.ts';
import { gatedService } from '../../support/services.ts';

const NODE = process.execPath;
const SEEKER = fileURLToPath(new URL('../../support/programs/port-seeker.mjs', import.meta.url));

describe('`styxy run --ports`', () => {
  const home = styxyHome({
    types: ({ first, last }) => ({
      dev: { port_range: [first, first + 49] },
      proxy: { port_range: [first + 50, last - 2] },
      tiny: { port_range: [last, last] },
    }),
  });
  const leases = async () => (await home.api.list()).allocations;
  const SHOW = `console.log(JSON.stringify([process.argv.slice(1), Object.fromEntries(Object.entries(process.env).filter(([name]) => /PORT$|URL$|SERVICE/.test(name) && name !== 'STYXY_HTTP_PORT'))]))`;

  test('gives the command a port for each, by variable and by placeholder; the first is the main one', async () => {
    const words = ['{port}', '--hmr={hmr}', '{hmr.port}', '{web}:{web.port}', '{other}'];
    const exit = await home.cli([
      'run',
      '--ports',
      'web=dev,hmr-ws=proxy,hmr=proxy',
      '--',
      NODE,
      '-e',
      SHOW,
      '--',
      ...words,
    ]);
    expect(exit.code, exit.story).toBe(0);
    const [args, env] = JSON.parse(exit.stdout) as [string[], Record<string, string>];
    const { WEB_PORT: web, HMR_PORT: hmr, HMR_WS_PORT: ws } = env;
    const byName = (name: string, port: string | undefined) =>
      expect.stringMatching(new RegExp(`^http://${name}\\.[a-z0-9-]+\\.localhost:${port}$`));
    expect(new Set([web, hmr, ws]).size).toBe(3);
    expect(Number(hmr)).toBeGreaterThanOrEqual(home.ports.first + 50);
    expect(env).toEqual({
      PORT: web,
      STYXY_PORT: web,
      STYXY_URL: `http://localhost:${web}`,
      STYXY_NAME_URL: byName('web', web),
      STYXY_SERVICE: 'web',
      WEB_PORT: web,
      WEB_URL: `http://localhost:${web}`,
      WEB_NAME_URL: byName('web', web),
      HMR_PORT: hmr,
      HMR_URL: `http://localhost:${hmr}`,
      HMR_NAME_URL: byName('hmr', hmr),
      HMR_WS_PORT: ws,
      HMR_WS_URL: `http://localhost:${ws}`,
      HMR_WS_NAME_URL: byName('hmr-ws', ws),
    });
    expect(args).toEqual([web, `--hmr=${hmr}`, hmr, `${web}:${web}`, '{other}']);
    expect(await leases(), 'all end with the command').toEqual([]);
  });

  test('--dry-run tells all of them, and a run then gets those', async () => {
    const words = ['--ports', 'web=dev,a=proxy,b=proxy'];
    const plan = await home.json<{ port: number; ports: Record<string, number>; command: string[] }>([
      'run',
      '--dry-run',
      ...words,
      '--',
      'echo',
      '{web}',
      '{a}',
      '{b}',
    ]);
    const { web, a, b } = plan.ports;
    expect(plan).toMatchObject({ port: web, command: ['echo', web, a, b].map(String), service_name: 'web' });
    const exit = await home.cli(['run', ...words, '--', 'echo', '{web}', '{a}', '{b}']);
    expect(exit.stdout).toBe(`${web} ${a} ${b}\n`);
    const text = await home.cli(['run', '--dry-run', ...words, '--', 'echo']);
    const why = 'same as last time';
    expect(text.stdout).toContain(
      `${web}  web (dev): ${why}\n${a}  a (proxy): ${why}\n${b}  b (proxy): ${why}\nruns: echo\n`,
    );
  });

  test('shows each as bound when the program listens on it, and ends all with the wrapper', async () => {
    const service = gatedService(home, 'web');
    service.open();
    const run = home.start([
      'run',
      '--ports',
      'web=dev,hmr=proxy',
      '--',
      ...service.command('PORT', 'HMR_PORT'),
    ]);
    const bound = await waitFor(
      async () => {
        const all = await leases();
        return all.length === 2 && all.every(({ state }) => state === 'bound') ? all : undefined;
      },
      20_000,
      'both to be bound',
    );
    expect(
      bound.map(({ service_name: name, service_type: type, process_id: pid }) => [name, type, pid]),
    ).toEqual([
      ['web', 'dev', service.starts()[0]],
      ['hmr', 'proxy', service.starts()[0]],
    ]);
    run.process.kill('SIGKILL');
    await waitFor(async () => (await leases()).length === 0, 20_000, 'both leases to end');
  });

  test('is one service to --detach, --if-running and `styxy stop`', async () => {
    const service = gatedService(home, 'site');
    service.open();
    const words = ['run', '--detach', '--wait', '--ports', 'site=dev,hmr=proxy', '--'];
    const command = service.command('PORT', 'HMR_PORT');
    const first = await home.json<Allocation & { ports: Record<string, number> }>([...words, ...command]);
    expect(Object.keys(first.ports)).toEqual(['site', 'hmr']);
    const second = await home.json<Allocation>([...words, ...command]);
    expect(second).toMatchObject({ lock_id: first.lock_id, existing: true, ports: first.ports });
    expect(await leases()).toHaveLength(2);
    expect((await home.cli(['stop', 'site'])).code).toBe(0);
    expect(await leases()).toEqual([]);
  });

  test('all or none: when one can not be had, the command is not started and no lease is left', async () => {
    const taken = createServer().listen(home.ports.last, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const gate = join(home.place, 'never-started');
    const full = await home.cli(['run', '--ports', 'web=dev,db=tiny', '--', 'touch', gate]);
    expectError(full, 75, 'RANGE_FULL');
    expect(() => writeFileSync(gate, '', { flag: 'wx' })).not.toThrow();
    expect(await leases()).toEqual([]);
    taken.close();
  });

  test('starts again on others when an outsider takes one of them; the rest stay as they are', async () => {
    const prefix = join(home.place, 'seek');
    const port = async (variable: string) =>
      waitFor(async () => (await leases()).find(({ service_name: name }) => name === variable)?.port);
    const run = home.start([
      'run',
      '--ports',
      'main=dev,side=proxy',
      '--env',
      'IGNORED',
      '--',
      'sh',
      '-c',
      `PORT=$SIDE_PORT exec ${NODE} ${SEEKER} ${prefix} 1`,
    ]);
    const [main, side] = [await port('main'), await port('side')];
    await waitFor(() => run.stdout().includes(`start ${side}`), 20_000, run.stderr);
    const outsider = await startOutsider(side, '127.0.0.1');
    writeFileSync(`${prefix}-${side}`, '');
    await waitFor(() => run.stdout().match(/start /g)?.length === 2, 20_000, run.stderr);
    expect(await port('main')).toBe(main);
    expect(await port('side')).not.toBe(side);
    expect(run.stderr()).toContain(`port ${side} was taken by another program`);
    run.process.kill('SIGTERM');
    await run.finished();
    await outsider.end();
  });

  test('without a daemon takes as many free ports, and says that nothing guards them', async () => {
    const words = ['run', '--ports', 'web=dev,admin=dev', '--', 'sh', '-c', 'echo $WEB_PORT $ADMIN_PORT'];
    const exit = await home.cli(words, {
      env: { STYXY_NO_DAEMON: '1', STYXY_HOME: join(home.place, 'none') },
    });
    expect(exit.code, exit.story).toBe(0);
    const [web, admin] = exit.stdout.trim().split(' ');
    expect(Number(web)).toBeGreaterThan(0);
    expect(Number(admin)).toBeGreaterThan(0);
    expect(web).not.toBe(admin);
    expect(exit.stderr).toContain('warning: no daemon');
  });

  test('that are not understood are refused before anything is done', async () => {
    const exit = await home.cli(['run', '--ports', 'web=dev,hmr', '--', 'true']);
    expectError(exit, 64, 'USAGE');
    expect(exit.stderr).toContain('"hmr" is not <name>=<type>');
  });

  test('excludes --name and --type', async () => {
    for (const option of ['--name', '--type'])
      expectError(await home.cli(['run', '--ports', 'web=dev', option, 'dev', '--', 'true']), 64, 'USAGE');
  });
});
