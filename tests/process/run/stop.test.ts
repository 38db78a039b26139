import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Allocation } from '../../../src/protocol/answers/allocation.ts';
import { expectError, expectJsonError } from '../../support/complaints.ts';
import { styxyHome } from '../../support/home.ts';
import { startOutsider } from '../../support/outsider.ts';
import { isAlive, waitFor } from '../../support/processes.ts';
import { makeWorktrees } from '../../support/repository.ts';
import { gatedService } from '../../support/services.ts';
import { shellQuote } from '../../support/wrapper.ts';

describe('`styxy stop`', () => {
  const home = styxyHome();
  const trees: string[] = [];
  beforeAll(async () => {
    await home.cli(['daemon', 'start']);
    trees.push(...makeWorktrees(home.place, 2));
  });

  async function running(name: string, cwd = home.place) {
    const service = gatedService(home, name);
    service.open();
    const run = home.start(['run', '--name', name, '--', ...service.command()], { cwd });
    return { service, run, lease: await service.bound() };
  }

  test.each<[string, (lease: Allocation) => string]>([
    ['its name', ({ service_name: name }) => name ?? ''],
    ['its port', ({ port }) => String(port)],
    ['its lock id', ({ lock_id: id }) => id],
  ])('ends a service by %s: when it returns, nothing of it is left', async (_, what) => {
    const { service, run, lease } = await running('web');
    const exit = await home.cli(['stop', what(lease)]);
    expect(exit.code, exit.story).toBe(0);
    expect(exit.stderr).toBe(`stopped web (port ${lease.port})\n`);
    expect(await service.leases()).toEqual([]);
    expect(isAlive(service.starts().at(-1) ?? -1)).toBe(false);
    expect((await home.api.check(lease.port)).available).toBe(true);
    expect((await run.finished()).signal).toBe('SIGTERM');
  });

  test('by its name ends the one here, and none elsewhere; of two copies none; by its port it says whose it was', async () => {
    const [here = '', there = ''] = trees;
    const two = [await running('app', here), await running('app', here)];
    const far = await running('app', there);
    const all = await waitFor(async () => {
      const leases = await far.service.leases();
      return leases.length === 3 && leases.every(({ state }) => state === 'bound') ? leases : undefined;
    });
    const ports = all.filter(({ project_path: path }) => path === here).map(({ port }) => port);
    expect(ports).toHaveLength(2);
    const unclear = await home.cli(['stop', 'app'], { cwd: here });
    expectError(unclear, 64, 'USAGE');
    for (const port of ports) expect(unclear.stderr).toContain(`app (dev, port ${port})`);
    const words = ['stop', ...ports.map(String)];
    const told = await home.json<{ success: true; stopped: Allocation[] }>(words, { cwd: here });
    expect(told.success).toBe(true);
    expect(told.stopped.map(({ port, state }) => [port, state]).toSorted()).toEqual(
      ports.toSorted().map((port) => [port, 'released']),
    );
    const [left, ...more] = await far.service.leases();
    expect(left).toMatchObject({ project_path: there, state: 'bound' });
    expect(more).toEqual([]);
    const refused = await home.cli(['stop', 'app'], { cwd: here });
    expectError(refused, 1, 'LEASE_NOT_FOUND');
    expect(refused.stderr).toContain(`it runs in ${there} (port ${left?.port})`);
    const exit = await home.cli(['stop', String(left?.port)], { cwd: here });
    expect(exit.stderr).toBe(`stopped app (port ${left?.port}) of ~/${relative(home.place, there)}\n`);
    await Promise.all([...two, far].map(({ run }) => run.finished()));
  });

  test('ends a service that does not listen yet', async () => {
    const service = gatedService(home, 'starting');
    const run = home.start(['run', '--name', 'starting', '--', ...service.command()]);
    await waitFor(async () => (await service.leases()).length === 1, 20_000, 'the lease');
    const exit = await home.cli(['stop', 'starting']);
    expect(exit.code, exit.story).toBe(0);
    await run.finished();
    expect(service.starts().filter(isAlive)).toEqual([]);
    expect(await service.leases()).toEqual([]);
  });

  test('ends a stopped wrapper (Ctrl-Z) as well', async () => {
    const { service, run } = await running('paused');
    run.process.kill('SIGSTOP');
    const exit = await home.cli(['stop', 'paused']);
    expect(exit.code, exit.story).toBe(0);
    expect(service.starts().filter(isAlive)).toEqual([]);
    await run.finished();
  });

  test('ends a server that its wrapper has left running', async () => {
    const service = gatedService(home, 'left');
    service.open();
    const log = join(home.place, 'left.log');
    writeFileSync(log, '');
    const script = `${shellQuote(service.command())} > ${log} 2>&1 & until grep -q listens ${log}; do sleep 0.05; done`;
    const exit = await home.cli(['run', '--name', 'left', '--', 'sh', '-c', script]);
    expect(exit.code, exit.story).toBe(0);
    const lease = await waitFor(async () =>
      (await service.leases()).find(({ holder }) => holder.kind === 'process'),
    );
    expect(lease.holder.pid).toBe(service.starts()[0]);
    const stopped = await home.cli(['stop', 'left']);
    expect(stopped.stderr, stopped.story).toBe(`stopped left (port ${lease.port})\n`);
    expect(service.starts().filter(isAlive)).toEqual([]);
    expect(await service.leases()).toEqual([]);
  });

  test('only releases what no process keeps, and what the shell around it keeps', async () => {
    const aside = await home.json<Allocation>(['allocate', '--type', 'dev', '--name', 'aside']);
    const exit = await home.cli(['stop', 'aside']);
    expect(exit.stderr).toBe(`released aside (port ${aside.port}); no process was to be ended\n`);
    const ours = ['allocate', '--type', 'dev', '--name', 'ours', '--pid', String(process.pid)];
    const kept = await home.json<Allocation>(ours);
    expect((await home.cli(['stop', 'ours'])).code).toBe(0);
    expect((await home.api.check(kept.port)).available).toBe(true);
  });

  test('never ends what Styxy has not started, but says how', async () => {
    const port = home.ports.last;
    const outsider = await startOutsider(port, '127.0.0.1');
    const exit = await home.cli(['stop', String(port)]);
    expectError(exit, 1, 'LEASE_NOT_FOUND');
    expect(exit.stderr).toMatch(new RegExp(`why: pid ${outsider.pid} \\(.+\\) was not started by Styxy`));
    expect(exit.stderr).toContain(`try: end it yourself: kill ${outsider.pid}`);
    expect(isAlive(outsider.pid)).toBe(true);
    await outsider.end();
  });

  test.each(['nobody', '1', '00000000-0000-4000-8000-000000000000'])(
    'of "%s", which is not there, fails',
    async (what) => {
      expectError(await home.cli(['stop', what]), 1, 'LEASE_NOT_FOUND');
      expectJsonError(await home.cli(['stop', what, '--json']), 1, 'LEASE_NOT_FOUND');
    },
  );
});
