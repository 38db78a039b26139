import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { bystander } from '../support/bystander.ts';
import { describeCoordinator } from '../support/coordinators.ts';
import { close, listenOn } from '../support/ports.ts';
import { waitFor } from '../support/processes.ts';

describeCoordinator('a lease ends', (styxy) => {
  const isOver = async (lockId: string) =>
    !(await styxy.list()).allocations.some(({ lock_id }) => lock_id === lockId);

  test('at its deadline, when nothing listens on its port', async () => {
    const { lock_id, port, holder } = await styxy.allocate({ service_type: 'web', ttl_ms: 2000 });
    expect(await isOver(lock_id)).toBe(false);
    await waitFor(() => isOver(lock_id), 5000, 'the lease to expire');
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(holder.expires_at ?? ''));
    expect((await styxy.check(port)).available).toBe(true);
  });

  test('not at its deadline, while something listens on its port: it is an orphan until that has gone', async () => {
    const { lock_id, port } = await styxy.allocate({
      service_type: 'web',
      ttl_ms: 1500,
      preferred_port: styxy.web.first + 10,
    });
    const server = await listenOn(port, '127.0.0.1');
    const short = await styxy.allocate({ service_type: 'web', ttl_ms: 1700 });
    await waitFor(() => isOver(short.lock_id), 5000, 'the other lease to expire');
    expect(await isOver(lock_id)).toBe(false);
    expect(await styxy.check(port)).toMatchObject({
      available: false,
      allocation: { lock_id, state: 'orphaned', actual_ports: [port], holder: { kind: 'ttl' } },
    });
    expect((await styxy.cleanup()).released).toEqual([]);
    await expect(styxy.allocate({ service_type: 'web', port })).rejects.toMatchObject({ code: 'PORT_TAKEN' });
    await close(server);
    await waitFor(() => isOver(lock_id), 5000, 'the lease to end after its listener');
  });

  test('not as an orphan when its asker renews it', async () => {
    const body = { service_type: 'web', request_id: 'renewed', preferred_port: styxy.web.first + 11 };
    const { lock_id, port } = await styxy.allocate({ ...body, ttl_ms: 1500 });
    const server = await listenOn(port, '127.0.0.1');
    const state = async () => (await styxy.check(port)).allocation?.state;
    await waitFor(async () => (await state()) === 'orphaned', 5000, 'the orphan');
    expect(await styxy.allocate({ ...body, ttl_ms: 60_000 })).toMatchObject({ lock_id, state: 'granted' });
    await close(server);
    await styxy.cleanup();
    expect(await isOver(lock_id)).toBe(false);
  });

  test('each at its own deadline, whichever was asked for first', async () => {
    const [late, early] = [
      await styxy.allocate({ service_type: 'web', ttl_ms: 60_000 }),
      await styxy.allocate({ service_type: 'web', ttl_ms: 300 }),
    ];
    await waitFor(() => isOver(early.lock_id), 5000, 'the early lease to expire');
    expect(await isOver(late.lock_id)).toBe(false);
  });

  test('with the process that holds it, and its port is free then', async () => {
    const holder = bystander();
    const { lock_id, port } = await styxy.allocate({ service_type: 'web', process_id: holder.pid });
    expect(await styxy.cleanup()).toEqual({ success: true, released: [] });
    await holder.end();
    await waitFor(() => isOver(lock_id), 5000, "the dead holder's lease to end");
    expect((await styxy.allocate({ service_type: 'web', port })).port).toBe(port);
  });

  test('at once for a dead holder when somebody cleans up, and only that one', async () => {
    const holder = bystander();
    const doomed = await styxy.allocate({ service_type: 'web', process_id: holder.pid });
    const kept = await styxy.allocate({ service_type: 'web', process_id: process.pid });
    await holder.end();
    const { released } = await styxy.cleanup();
    // It may have been noticed a moment before.
    expect(released.map(({ lock_id, state }) => ({ lock_id, state }))).toEqual(
      released.length > 0 ? [{ lock_id: doomed.lock_id, state: 'released' }] : [],
    );
    expect((await styxy.list()).allocations).toMatchObject([{ lock_id: kept.lock_id }]);
  });

  test('when its holder leaves and nothing was started with it', async () => {
    const { lock_id } = await styxy.allocate({ service_type: 'web', process_id: process.pid });
    expect(await styxy.attach(lock_id, { adopt: true })).toMatchObject({ lock_id, state: 'released' });
    expect(await isOver(lock_id)).toBe(true);
  });

  test.runIf(process.platform === 'linux')(
    'not when its holder leaves and a program that carries its id listens there',
    async () => {
      const { lock_id, port } = await styxy.allocate({
        service_type: 'web',
        ttl_ms: 60_000,
        preferred_port: styxy.web.first + 20,
      });
      const program = `require('net').createServer().listen(${port}, '127.0.0.1', () => console.log('up'))`;
      const child = spawn(process.execPath, ['-e', program], {
        env: { STYXY_LOCK_ID: lock_id },
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      onTestFinished(() => void child.kill('SIGKILL'));
      await once(child.stdout, 'data');
      expect(await styxy.attach(lock_id, { adopt: true })).toMatchObject({
        lock_id,
        state: 'bound',
        holder: { kind: 'process', pid: child.pid },
      });
      await expect
        .poll(async () => (await styxy.list()).allocations)
        .toMatchObject([{ lock_id, state: 'bound', process_id: child.pid }]);
      child.kill('SIGKILL');
      await waitFor(() => isOver(lock_id), 5000, 'the lease to end with its program');
    },
  );

  test.runIf(process.platform === 'linux')(
    'not when its holder leaves and a program that carries its id has just been started; with that, should it not listen',
    async () => {
      const { lock_id, port } = await styxy.allocate({ service_type: 'web', ttl_ms: 60_000 });
      const child = spawn('sleep', ['90'], { env: { STYXY_LOCK_ID: lock_id, PATH: process.env['PATH'] } });
      onTestFinished(() => void child.kill('SIGKILL'));
      await once(child, 'spawn');
      const left = {
        lock_id,
        state: 'granted',
        holder: { kind: 'process', pid: child.pid },
        actual_ports: [],
      };
      expect(await styxy.attach(lock_id, { adopt: true })).toMatchObject(left);
      expect((await styxy.cleanup()).released).toEqual([]);
      expect((await styxy.list()).allocations).toMatchObject([left]);
      await expect(styxy.allocate({ service_type: 'web', port })).rejects.toMatchObject({
        code: 'PORT_TAKEN',
      });
      child.kill('SIGKILL');
      await waitFor(() => isOver(lock_id), 5000, 'the lease to end with its program');
    },
  );

  test.runIf(process.platform === 'linux')(
    'before the next asker is answered, when its holder has just said that it leaves',
    async () => {
      const body = { service_type: 'web', service_name: 'left', project_path: '/left' };
      const { lock_id, port } = await styxy.allocate({ ...body, ttl_ms: 60_000 });
      const [, next] = await Promise.all([
        styxy.attach(lock_id, { adopt: true }),
        styxy.allocate({ ...body, port, ttl_ms: 60_000 }),
      ]);
      expect(next.lock_id).not.toBe(lock_id);
    },
  );
});
