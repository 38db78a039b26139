import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Allocation } from '../../../src/protocol/answers/allocation.ts';
import { expectError, expectJsonError } from '../../support/complaints.ts';
import { BIN, styxyHome } from '../../support/home.ts';
import { isAlive, waitFor } from '../../support/processes.ts';
import { shellQuote } from '../../support/wrapper.ts';
import { makeWorktrees } from '../../support/repository.ts';
import { gatedService, type GatedService } from '../../support/services.ts';

describe('`styxy run --if-running` of a service that runs', () => {
  const home = styxyHome();
  beforeAll(async () => void (await home.cli(['daemon', 'start'])));

  const run = (service: GatedService, ...options: string[]) =>
    home.start(['run', '--name', service.name, ...options, '--', ...service.command()]);

  async function running(name: string) {
    const service = gatedService(home, name);
    service.open();
    const first = run(service);
    return { service, first, lease: await service.bound() };
  }

  test('new: starts a second one on a port of its own', async () => {
    const { service, first, lease } = await running('new');
    const second = run(service, '--if-running', 'new');
    await waitFor(async () => (await service.leases()).length === 2, 20_000);
    expect((await service.leases()).map(({ port }) => port)).toContain(lease.port);
    for (const each of [first, second]) each.process.kill('SIGTERM');
    await Promise.all([first.finished(), second.finished()]);
  });

  test('reuse: prints where it runs, starts nothing, and changes nothing for it', async () => {
    const { service, first, lease } = await running('reuse');
    const exit = await run(service, '--if-running', 'reuse').finished();
    expect(exit.code, exit.story).toBe(0);
    expect(exit.stdout).toBe(`http://localhost:${lease.port}\n`);
    expect(exit.stderr).toMatch(/^styxy: reuse runs already in .+ \(pid \d+\)\n$/);
    const told = await home.json<Allocation>([
      'run',
      '--name',
      'reuse',
      '--if-running',
      'reuse',
      '--',
      ...service.command(),
    ]);
    expect(told).toEqual({ success: true, ...lease, ports: { reuse: lease.port }, existing: true });
    expect(service.starts()).toHaveLength(1);
    expect(await service.leases()).toEqual([lease]);
    first.process.kill('SIGTERM');
    expect((await first.finished()).signal).toBe('SIGTERM');
  });

  test('reuse: what does not run yet is started, and only once if many ask', async () => {
    const service = gatedService(home, 'asked-by-many');
    service.open();
    const askers = Array.from({ length: 4 }, () => run(service, '--if-running', 'reuse', '--wait'));
    const lease = await service.bound();
    await waitFor(() => askers.filter(({ process }) => process.exitCode === 0).length === 3, 20_000);
    const [starter] = askers.filter(({ process }) => process.exitCode === null);
    for (const asker of askers)
      if (asker !== starter) expect(asker.stdout()).toBe(`http://localhost:${lease.port}\n`);
    expect(service.starts()).toHaveLength(1);
    starter?.process.kill('SIGTERM');
    await starter?.finished();
  });

  test('reuse --wait: waits until it listens, and gives up when the time is over', async () => {
    const service = gatedService(home, 'waited-for');
    const first = run(service);
    await waitFor(() => service.starts().length === 1, 20_000);
    const [lease] = await service.leases();
    const early = await run(service, '--if-running', 'reuse', '--wait', '--timeout', '300ms').finished();
    expectError(early, 1, 'TIMED_OUT');
    const waiting = run(service, '--if-running', 'reuse', '--wait');
    service.open();
    const exit = await waiting.finished();
    expect(exit.stdout, exit.story).toBe(`http://localhost:${lease?.port}\n`);
    expect(service.starts()).toHaveLength(1);
    first.process.kill('SIGTERM');
    await first.finished();
  });

  test('reuse --wait: starts it when the one that was waited for ends instead', async () => {
    const service = gatedService(home, 'ended-meanwhile');
    const first = run(service);
    await waitFor(() => service.starts().length === 1, 20_000);
    const [old] = await service.leases();
    const second = run(service, '--if-running', 'reuse', '--wait');
    first.process.kill('SIGTERM');
    await first.finished();
    service.open();
    const lease = await service.bound();
    expect(lease.port).toBe(old?.port);
    expect(lease.lock_id).not.toBe(old?.lock_id);
    second.process.kill('SIGTERM');
    await second.finished();
  });

  test('reuse: the lease of a wrapper that was killed a moment ago is not taken for a running service', async () => {
    const { service, first, lease } = await running('killed');
    first.process.kill('SIGKILL');
    const second = run(service, '--if-running', 'reuse');
    const next = await waitFor(
      async () => (await service.leases()).find(({ lock_id: id }) => id !== lease.lock_id),
      20_000,
      () => `a new lease; ${second.stdout()} ${second.stderr()}`,
    );
    expect(next.port).toBe(lease.port);
    second.process.kill('SIGTERM');
    await second.finished();
  });

  test('fail: starts nothing, says who runs it, and ends with 75', async () => {
    const { service, first, lease } = await running('fail');
    const exit = await run(service, '--if-running', 'fail').finished();
    expectError(exit, 75, 'SERVICE_RUNNING');
    expect(exit.stderr).toContain(`"fail" runs already, on port ${lease.port}`);
    expect(exit.stderr).toContain(`process ${lease.process_id} (`);
    expectJsonError(await run(service, '--if-running', 'fail', '--json').finished(), 75, 'SERVICE_RUNNING');
    expect(service.starts()).toHaveLength(1);
    first.process.kill('SIGTERM');
    await first.finished();
  });

  test('replace: ends nothing for a command that can not be started', async () => {
    const { service, first, lease } = await running('kept');
    writeFileSync(join(home.place, 'package.json'), JSON.stringify({ scripts: { dev: 'true' } }));
    const replace = (...words: string[]) =>
      home.cli(['run', '--name', 'kept', '--if-running', 'replace', ...words]);
    const [missing, unknownScript, taken] = [
      await replace('--', 'no-such-program'),
      await replace('--', 'npm', 'run', 'no-such-script'),
      await replace('--port', '80', '--', ...service.command()),
    ];
    expectError(missing, 127, 'COMMAND_NOT_FOUND');
    expectError(unknownScript, 127, 'COMMAND_NOT_FOUND');
    expect(unknownScript.stderr).toContain('package.json has no script "no-such-script"');
    expectError(taken, 64, 'PORT_NOT_ALLOWED');
    expect(await service.leases()).toEqual([lease]);
    first.process.kill('SIGTERM');
    await first.finished();
  });

  test('replace: ends it with all that it started, and gets its port', async () => {
    const { service, first, lease } = await running('replace');
    const second = run(service, '--if-running', 'replace');
    expect((await first.finished()).signal).toBe('SIGTERM');
    const next = await service.bound();
    expect(next.port).toBe(lease.port);
    expect(next.lock_id).not.toBe(lease.lock_id);
    expect(isAlive(service.starts()[0] ?? -1)).toBe(false);
    expect(await service.leases()).toEqual([next]);
    second.process.kill('SIGTERM');
    await second.finished();
  });

  test('--dry-run: says what the option would do, and does nothing', async () => {
    const { service, first, lease } = await running('planned');
    const words = (wish: string) => [
      'run',
      '--dry-run',
      '--name',
      'planned',
      '--if-running',
      wish,
      '--',
      'x',
    ];
    for (const [wish, says] of [
      ['reuse', `nothing would be started, its address is ${lease.url}`],
      ['replace', 'it would be ended first'],
      ['fail', 'this would be refused'],
    ] as const) {
      const { code, stdout } = await home.cli(words(wish));
      expect([code, stdout.includes(says)], stdout).toEqual([0, true]);
    }
    expect(await home.json(words('reuse'))).toMatchObject({
      port: lease.port,
      if_running: 'reuse',
      running: { lock_id: lease.lock_id },
    });
    expect(service.starts()).toHaveLength(1);
    first.process.kill('SIGTERM');
    await first.finished();
  });

  test('in another worktree is another service', async () => {
    const [here = '', there = ''] = makeWorktrees(home.place, 2);
    const service = gatedService(home, 'elsewhere');
    service.open();
    const words = ['run', '--name', 'elsewhere', '--if-running', 'fail', '--', ...service.command()];
    const runs = [home.start(words, { cwd: here }), home.start(words, { cwd: there })];
    await waitFor(() => service.starts().length === 2, 20_000);
    for (const each of runs) each.process.kill('SIGTERM');
    await Promise.all(runs.map((each) => each.finished()));
  });

  test('without the option goes by "ifRunning" of the service in the configuration', async () => {
    const service = gatedService(home, 'configured');
    service.open();
    const services = { configured: { command: service.command(), ifRunning: 'reuse' } };
    writeFileSync(join(home.place, 'styxy.config.json'), JSON.stringify({ services }));
    const first = home.start(['run', 'configured']);
    const lease = await service.bound();
    expect((await home.cli(['run', 'configured'])).stdout).toBe(`http://localhost:${lease.port}\n`);
    const refused = await home.cli(['run', '--if-running', 'fail', 'configured']);
    expectError(refused, 75, 'SERVICE_RUNNING');
    rmSync(join(home.place, 'styxy.config.json'));
    first.process.kill('SIGTERM');
    await first.finished();
  });

  test.each(['reuse', 'fail', 'replace'])(
    'and whose own script goes through `styxy run --if-running %s`: the script runs',
    async (wish) => {
      const words = [
        process.execPath,
        BIN,
        'run',
        '--name',
        'nested',
        '--if-running',
        wish,
        '--',
        'sh',
        '-c',
        'exit 5',
      ];
      const exit = await home
        .start(['run', '--name', 'nested', '--', 'sh', '-c', shellQuote(words)])
        .finished();
      expect(exit.code, exit.story).toBe(5);
    },
  );
});
