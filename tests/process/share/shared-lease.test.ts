import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { createConnection } from '../../../src/client/connection.ts';
import { holdLease, type HeldLease } from '../../../src/client/held-lease.ts';
import type { AllocateAnswer } from '../../../src/protocol/answers/lease.ts';
import { styxyPaths } from '../../../src/system/paths.ts';
import { BIN, type Running, startProgram, styxyHome } from '../../support/home.ts';
import { portServer, serverOf, whoIsAt } from '../../support/port-server.ts';
import { isAlive, waitFor } from '../../support/processes.ts';

describe('a lease that is shared', () => {
  const home = styxyHome({
    types: ({ first, last }) => ({
      dev: { port_range: [first, first + 49] },
      once: { port_range: [first + 50, last], instance_behavior: 'single' },
    }),
  });
  const leases = async () => (await home.api.list()).allocations;
  const model = { service_type: 'once', service_name: 'model' };
  const runModel = ['run', '--type', 'once', '--name', 'model', '--'];

  afterEach(async () => {
    for (const { lock_id } of await leases()) await home.json(['release', lock_id, '--all']);
  });

  /** A sharer in this process, by a connection of its own. */
  async function joinIt(): Promise<HeldLease> {
    const paths = styxyPaths({ STYXY_HOME: home.path });
    const held = await holdLease(createConnection({ paths, env: home.env, autostart: true }), model);
    onTestFinished(() => held.release());
    return held;
  }

  test('is one lease with one port for forty askers in twenty processes', async () => {
    await home.cli(['daemon', 'start']);
    const library = new URL('../dist/index.js', pathToFileURL(BIN)).href;
    const program = `
      const { acquirePort } = await import('${library}');
      const ask = () => acquirePort({ type: 'once', name: 'model', daemon: 'require' });
      const leases = await Promise.all([ask(), ask()]);
      console.log(JSON.stringify(leases.map(({ port, lockId }) => [port, lockId])));
      setTimeout(() => process.exit(99), 100_000);`;
    const askers = Array.from({ length: 20 }, () =>
      startProgram([process.execPath, '--input-type=module', '-e', program], {
        cwd: home.place,
        env: home.env,
      }),
    );
    onTestFinished(() => {
      for (const { process: each } of askers) each.kill('SIGKILL');
    });
    await waitFor(
      () => askers.every((each) => each.stdout().includes('\n')),
      60_000,
      () => askers.map((each) => each.stderr()).join('\n'),
    );
    const answers = askers.flatMap((each) => JSON.parse(each.stdout()) as [number, string][]);
    expect(answers).toHaveLength(40);
    expect(new Set(answers.map(([port]) => port)).size).toBe(1);
    expect(new Set(answers.map(([, lockId]) => lockId)).size).toBe(1);
    expect((await leases())[0]?.sharers).toHaveLength(40);

    const [last, ...others] = askers;
    for (const each of others) each.process.kill('SIGKILL');
    await waitFor(async () => (await leases())[0]?.sharers?.length === 2, 10_000, 'the dead to be forgotten');
    expect((await leases())[0]).toMatchObject({ holder: { kind: 'connection', pid: last?.pid } });
    last?.process.kill('SIGKILL');
    await waitFor(async () => (await leases()).length === 0, 10_000, 'the lease to end');
  });

  test('tells the second command on the machine who holds it, with exit code 0', async () => {
    const ask = ['allocate', '--type', 'once', '--name', 'model'];
    const first = await home.json<AllocateAnswer>([...ask, '--pid', String(process.pid)]);
    const second = await home.json<AllocateAnswer>(ask, { cwd: '/' });
    expect(second).toMatchObject({
      success: true,
      existing: true,
      port: first.port,
      lock_id: first.lock_id,
      holder: { kind: 'process', pid: process.pid },
      project_path: home.place,
    });
    const third = await home.cli(ask);
    expect([third.code, third.stdout]).toEqual([0, `${first.port}\n`]);
    expect(third.stderr).toContain('is shared by 3, and ends with the last');
    expect(third.stderr).toContain(`model runs already in ~ (pid ${process.pid})\n`);
    const words = await home.cli(['release', 'model']);
    expect(words.stderr).toBe(`gave up a share of ${first.port} (model): 2 others still use it\n`);
  });

  test('outlives a killed wrapper, and so does its server, until the last one has gone', async () => {
    const run = home.start([...runModel, process.execPath, portServer]);
    const server = await serverOf(run);
    await waitFor(async () => (await leases())[0]?.process_id === server.pid, 5000, 'the server to be known');
    const held = await joinIt();
    expect(held.allocation).toMatchObject({ existing: true, port: server.port, state: 'bound' });
    run.process.kill('SIGKILL');
    await waitFor(async () => (await leases())[0]?.holder.pid === process.pid, 5000, 'the other to hold it');
    expect(await whoIsAt(server.port)).toMatchObject({ pid: server.pid });
    expect(await leases()).toMatchObject([{ port: server.port, state: 'bound', sharers: [{}] }]);
    await held.release();
    await waitFor(() => !isAlive(server.pid), 10_000, 'what was left behind to be ended');
    await waitFor(async () => (await leases()).length === 0, 5000, 'the lease to end');
  });

  test('stays with the others when the one who started the server ends it', async () => {
    const run = home.start([...runModel, process.execPath, portServer]);
    const { port } = await serverOf(run);
    const held = await joinIt();
    run.process.kill('SIGTERM');
    await run.finished();
    await waitFor(async () => (await leases())[0]?.state === 'granted', 5000, 'the port to be seen free');
    expect(await leases()).toMatchObject([{ port, holder: { pid: process.pid }, sharers: [{}] }]);
    await held.release();
    expect(await leases()).toEqual([]);
  });

  test('ends at once with its server when nobody else uses it', async () => {
    const run = home.start([...runModel, process.execPath, portServer]);
    await serverOf(run);
    const held = await joinIt();
    await held.release();
    expect((await leases())[0]?.sharers).toHaveLength(1);
    run.process.kill('SIGTERM');
    await run.finished();
    expect(await leases()).toEqual([]);
  });

  test('is not served twice: a second command says where the service runs, and a later one starts it again', async () => {
    const first = home.start([...runModel, process.execPath, portServer]);
    const { port, pid } = await serverOf(first);
    const second = await home.cli([...runModel.slice(0, -1), '--if-running', 'reuse', '--', 'true'], {
      cwd: '/',
    });
    expect({ code: second.code, stdout: second.stdout }, second.story).toEqual({
      code: 0,
      stdout: `http://localhost:${port}\n`,
    });
    expect((await leases())[0]?.sharers).toHaveLength(1);
    for (const words of [
      ['url', 'model'],
      ['wait', 'model'],
    ])
      expect((await home.cli(words, { cwd: '/' })).stdout).toBe(`http://localhost:${port}\n`);
    expect((await home.cli(['stop', 'model'], { cwd: '/' })).code, 'it is not ended from elsewhere').toBe(1);
    expect(await whoIsAt(port)).toMatchObject({ pid });
    const user = await joinIt();
    first.process.kill('SIGTERM');
    await first.finished();
    const third = home.start([...runModel, process.execPath, portServer]);
    expect(await serverOf(third)).toMatchObject({ port, lockId: user.allocation.lock_id });
    third.process.kill('SIGTERM');
    await third.finished();
    expect((await leases())[0]?.sharers).toHaveLength(1);
  });

  test('has a share for a second command as long as that runs, which serves itself when the first one ends', async () => {
    const command = [...runModel, process.execPath, portServer];
    const first = home.start(command, { env: { STYXY_INSTANCE: 'one' } });
    const { port, pid } = await serverOf(first);
    const [second, third] = [1, 2].map(() => home.start(command, { cwd: '/' })) as [Running, Running];
    await waitFor(async () => (await leases())[0]?.sharers?.length === 3, 10_000, 'two more users');
    await waitFor(() => second.stdout() !== '' && third.stdout() !== '', 10_000, 'the address');
    expect(second.stdout()).toBe(`http://localhost:${port}\n`);
    expect(second.stderr()).toMatch(
      new RegExp(
        `^styxy: model runs already in \\S+ \\(pid ${pid}, instance one\\), and stays while this run uses it$`,
        'm',
      ),
    );
    third.process.kill('SIGINT');
    expect(await third.finished()).toMatchObject({ signal: 'SIGINT' });
    expect((await leases())[0]?.sharers).toHaveLength(2);
    first.process.kill('SIGTERM');
    await first.finished();
    const own = await waitFor(() => second.stdout().split('\n')[1]);
    expect(JSON.parse(own)).toMatchObject({ port });
    expect(await whoIsAt(port)).not.toMatchObject({ pid });
    expect(second.stderr()).toContain('styxy: model has ended there, and is started here\n');
    second.process.kill('SIGTERM');
    await second.finished();
    expect(await leases()).toEqual([]);
  });

  test('refuses to be released over the heads of programs that run with it', async () => {
    const [one, two] = [await joinIt(), await joinIt()];
    const { lock_id, port } = one.allocation;
    const lost = Promise.all([one, two].map((held) => new Promise((resolve) => held.onLost(resolve))));
    const refused = await home.cli(['release', String(port)]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(`error[LEASE_SHARED]: port ${port} is used by 2 programs`);
    expect(await home.json(['release', lock_id, '--all'])).toMatchObject({ state: 'released' });
    expect(await lost).toEqual(['released', 'released']);
  });

  test('has the same users after the daemon was killed', async () => {
    const held = [await joinIt(), await joinIt()];
    const counted = await home.api.allocate({ ...model, ttl_ms: 60_000 });
    await home.killDaemon();
    await home.cli(['daemon', 'start']);
    expect(await leases()).toMatchObject([{ lock_id: counted.lock_id, sharers: [{}, {}, {}] }]);
    // By then the daemon has given up on those who did not come back.
    const patience = Date.now() + 5000;
    await waitFor(() => Date.now() > patience, 8000, 'the grace to be over');
    expect((await leases())[0]?.sharers).toHaveLength(3);
    for (const each of held) await each.release();
    expect(await leases()).toMatchObject([{ port: counted.port, holder: { kind: 'ttl' }, sharers: [{}] }]);
    await home.api.release(counted.lock_id);
    expect(await leases()).toEqual([]);
  });
});
