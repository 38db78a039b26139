import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Allocation } from '../../../src/protocol/answers/allocation.ts';
import { expectError, expectJsonError } from '../../support/complaints.ts';
import { startProgram, styxyHome } from '../../support/home.ts';
import { isAlive, waitFor } from '../../support/processes.ts';
import { gatedService } from '../../support/services.ts';

describe('which lease `url`, `wait`, `stop`, `release` and `logs` mean', () => {
  const home = styxyHome();
  beforeAll(async () => void (await home.cli(['daemon', 'start'])));
  afterEach(async () => {
    for (const { lock_id: id } of (await home.api.list()).allocations) await home.cli(['stop', id]);
  });

  const allocate = (...options: string[]) =>
    home.json<Allocation>(['allocate', '--type', 'dev', '--ttl', '1h', ...options]);

  test('one without a name goes by its type, with each of them', async () => {
    const service = gatedService(home, 'by-hand');
    const port = home.ports.first;
    const env = { ...home.env, PORT: String(port) };
    const server = startProgram(service.command(), { cwd: home.place, env });
    const pid = await waitFor(() => service.starts()[0]);
    const words = ['allocate', '--type', 'dev', '--port', String(port), '--pid', String(pid)];
    const { url } = await home.json<Allocation>(words);
    expect(await home.cli(['url', 'dev'])).toMatchObject({ code: 0, stdout: `${url}\n` });
    const waiting = home.start(['wait', 'dev']);
    service.open();
    expect(await waiting.finished()).toMatchObject({ code: 0, stdout: `${url}\n` });
    const unlogged = await home.cli(['logs', 'dev']);
    expectError(unlogged, 1, 'NOT_LOGGED');
    expect(unlogged.stderr).toContain('without --detach');
    const stopped = await home.cli(['stop', 'dev']);
    expect(stopped.stderr, stopped.story).toBe(`stopped dev (port ${port})\n`);
    expect(isAlive(pid)).toBe(false);
    await server.finished();
    const byHand = await allocate();
    expect((await home.cli(['release', 'dev'])).stderr).toBe(`released ${byHand.port} (dev)\n`);
  });

  test('of two that the word could mean, none: both are named', async () => {
    const named = await allocate('--name', 'dev');
    const nameless = await allocate();
    for (const words of [['url'], ['wait'], ['stop'], ['release'], ['logs']]) {
      const exit = await home.cli([...words, 'dev']);
      expectError(exit, 64, 'USAGE');
      expect(exit.stderr).toContain(
        `dev (dev, port ${named.port}, reserved) and a reservation of type dev (port ${nameless.port})`,
      );
      expectJsonError(await home.cli([...words, 'dev', '--json']), 64, 'USAGE');
    }
    expect((await home.api.list()).allocations).toHaveLength(2);
    expect((await home.cli(['stop', String(named.port)])).code).toBe(0);
    expect(await home.cli(['url', 'dev'])).toMatchObject({ stdout: `${nameless.url}\n` });
  });

  test('of a service that was started twice, `url` and `stop` want to know which', async () => {
    const service = gatedService(home, 'twice');
    service.open();
    const runs = [1, 2].map(() => home.start(['run', '--name', 'twice', '--', ...service.command()]));
    await waitFor(async () => (await service.leases()).length === 2, 20_000, 'both leases');
    const ports = (await service.leases()).map(({ port }) => String(port)).toSorted();
    for (const word of ['url', 'stop', 'down']) {
      const exit = await home.cli([word, 'twice']);
      expectError(exit, 64, 'USAGE');
      for (const port of ports) expect(exit.stderr).toContain(port);
    }
    expect(await service.leases()).toHaveLength(2);
    const stopped = await home.json<{ stopped: Allocation[] }>(['stop', ...ports]);
    expect(stopped.stopped).toHaveLength(2);
    await Promise.all(runs.map((run) => run.finished()));
  });

  test('a lock id does for each of them, and a port finds the log', async () => {
    const service = gatedService(home, 'back');
    service.open();
    const words = ['run', '--detach', '--wait', '--name', 'back', '--', ...service.command()];
    const { lock_id: id, port, url } = await home.json<Allocation>(words);
    expect(await home.cli(['url', id])).toMatchObject({ stdout: `${url}\n` });
    expect(await home.cli(['wait', id])).toMatchObject({ stdout: `${url}\n` });
    const byName = await home.json(['logs', 'back']);
    expect(byName).toMatchObject({ service_name: 'back' });
    expect(await home.json(['logs', String(port)])).toEqual(byName);
    expectError(await home.cli(['logs', '1']), 1, 'LEASE_NOT_FOUND');
    expect(await home.json(['logs', id])).toEqual(byName);
  });
});
