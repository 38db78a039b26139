import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, expect, onTestFinished, test } from 'vitest';
import { describeCoordinator } from '../support/coordinators.ts';
import { close, listenOn } from '../support/ports.ts';
import { waitFor } from '../support/processes.ts';
import { ISO } from '../support/shapes.ts';

describeCoordinator('an instance', (styxy) => {
  afterEach(async () => {
    for (const { instance_id } of (await styxy.listInstances()).instances)
      await styxy.removeInstance(instance_id);
  });
  const ids = async () => (await styxy.listInstances()).instances.map(({ instance_id }) => instance_id);
  const leases = async () => (await styxy.list()).allocations;

  test('is registered with what it says about itself, listed and removed', async () => {
    const facts = { agent: 'claude', turns: 3, interactive: true };
    const made = await styxy.registerInstance({
      instance_id: 'review',
      working_directory: '/p/ä b',
      process_id: process.pid,
      metadata: facts,
    });
    const record = {
      instance_id: 'review',
      working_directory: '/p/ä b',
      process_id: process.pid,
      registered_at: expect.stringMatching(ISO),
      last_heartbeat: expect.stringMatching(ISO),
      expires_at: null,
      metadata: facts,
      active_allocations: [],
    };
    expect(made).toEqual({ success: true, ...record });
    expect(await styxy.listInstances()).toEqual({ instances: [record] });
    expect((await styxy.status()).instances).toBe(1);
    expect(await styxy.removeInstance('review')).toEqual({ success: true, ...record });
    expect(await ids()).toEqual([]);
  });

  test('that registers again is the same one, with what it says now', async () => {
    const first = await styxy.registerInstance({ instance_id: 'a', working_directory: '/one' });
    const again = await styxy.registerInstance({ instance_id: 'a', working_directory: '/two' });
    expect(again).toMatchObject({ working_directory: '/two', registered_at: first.registered_at });
    expect(await ids()).toEqual(['a']);
  });

  test('without a process is expected to be heard of; each heartbeat gives it more time', async () => {
    const made = await styxy.registerInstance({ instance_id: 'a' });
    const given = (record: typeof made) =>
      Date.parse(record.expires_at ?? '') - Date.parse(record.last_heartbeat);
    expect(given(made)).toBe(90_000);
    const beaten = await styxy.heartbeat('a');
    expect(beaten.last_heartbeat >= made.last_heartbeat).toBe(true);
    expect(beaten).toMatchObject({ registered_at: made.registered_at });
    expect(given(beaten)).toBe(90_000);
  });

  test('that nobody knows has neither a heartbeat nor an end', async () => {
    const unknown = { code: 'INSTANCE_NOT_FOUND', details: { instance_id: 'nobody' } };
    await expect(styxy.heartbeat('nobody')).rejects.toMatchObject(unknown);
    await expect(styxy.removeInstance('nobody')).rejects.toMatchObject(unknown);
  });

  test('can not live with a process that does not', async () => {
    await expect(styxy.registerInstance({ instance_id: 'a', process_id: 2 ** 22 + 5 })).rejects.toMatchObject(
      { code: 'INVALID_REQUEST' },
    );
    expect(await ids()).toEqual([]);
  });

  test('holds the leases it asks for, and the list shows them', async () => {
    await styxy.registerInstance({ instance_id: 'a' });
    const held = await styxy.allocate({ service_type: 'web', instance_id: 'a', service_name: 'shop' });
    const named = await styxy.allocate({ service_type: 'web', instance_id: 'a', ttl_ms: 60_000 });
    expect([held.holder, named.holder.kind]).toEqual([{ kind: 'instance' }, 'ttl']);
    expect((await styxy.listInstances()).instances[0]?.active_allocations).toEqual([
      { port: held.port, lock_id: held.lock_id, service_type: 'web', service_name: 'shop' },
      { port: named.port, lock_id: named.lock_id, service_type: 'web', service_name: null },
    ]);
  });

  test('that asks for the same service again has the lease it had', async () => {
    await styxy.registerInstance({ instance_id: 'a' });
    const shop = { service_type: 'web', instance_id: 'a', service_name: 'shop', project_path: '/p' };
    const first = await styxy.allocate(shop);
    expect(await styxy.allocate(shop)).toMatchObject({ lock_id: first.lock_id, existing: true });
    expect((await styxy.allocate({ ...shop, instance_id: 'b' })).port).not.toBe(first.port);
  });

  test('that nobody registered is a name on the lease, which ends by its time', async () => {
    const { instance_id, holder } = await styxy.allocate({ service_type: 'web', instance_id: 'outsider' });
    expect([instance_id, holder.kind]).toEqual(['outsider', 'ttl']);
    expect(await ids()).toEqual([]);
  });

  test('takes the leases that it holds with it, and no others', async () => {
    await styxy.registerInstance({ instance_id: 'a' });
    const held = await styxy.allocate({ service_type: 'web', instance_id: 'a' });
    const kept = await styxy.allocate({ service_type: 'web', instance_id: 'a', process_id: process.pid });
    await styxy.removeInstance('a');
    await waitFor(async () => (await leases()).length === 1, 5000, 'the lease to end');
    expect(await leases()).toMatchObject([{ lock_id: kept.lock_id }]);
    expect((await styxy.check(held.port)).available).toBe(true);
  });

  test('leaves a lease whose port is in use until that is over', async () => {
    await styxy.registerInstance({ instance_id: 'a' });
    const { lock_id, port } = await styxy.allocate({
      service_type: 'web',
      instance_id: 'a',
      preferred_port: styxy.web.first + 30,
    });
    const idle = await styxy.allocate({ service_type: 'web', instance_id: 'a' });
    const server = await listenOn(port, '127.0.0.1');
    onTestFinished(() => close(server));
    await styxy.removeInstance('a');
    await waitFor(async () => (await leases()).length === 1, 5000, 'the idle lease to end');
    expect(await leases()).toMatchObject([{ lock_id, port }]);
    expect((await leases()).map((lease) => lease.lock_id)).not.toContain(idle.lock_id);
  });

  test('gives up its share of what others use', async () => {
    for (const instance_id of ['a', 'b']) {
      await styxy.registerInstance({ instance_id });
      await styxy.allocate({ service_type: 'once', service_name: 'ollama', instance_id });
    }
    await styxy.removeInstance('a');
    expect(await leases()).toMatchObject([{ instance_id: 'b', sharers: [{ instance_id: 'b' }] }]);
    await styxy.removeInstance('b');
    await waitFor(async () => (await leases()).length === 0, 5000, 'the shared lease to end');
  });

  test('ends with its process, and its leases with it', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    onTestFinished(() => void child.kill('SIGKILL'));
    await styxy.registerInstance({ instance_id: 'a', process_id: child.pid });
    await styxy.allocate({ service_type: 'web', instance_id: 'a' });
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    await waitFor(async () => (await leases()).length === 0, 8000, 'the lease to end');
    expect(await ids()).toEqual([]);
  });

  test('is made for an agent session that asks, when the asker comes from its process', async () => {
    const session = { process_id: process.ppid, asked_by: process.pid };
    const answer = await styxy.allocate({
      service_type: 'web',
      instance_id: 'claude-1',
      project_path: '/p',
      session,
    });
    expect(answer.holder).toEqual({ kind: 'instance' });
    expect((await styxy.listInstances()).instances).toMatchObject([
      { instance_id: 'claude-1', process_id: process.ppid, working_directory: '/p', expires_at: null },
    ]);
  });

  test('is not made for a pid that only stands in the environment', async () => {
    const session = { process_id: process.pid, asked_by: process.ppid };
    const answer = await styxy.allocate({ service_type: 'web', instance_id: 'claude-2', session });
    expect([answer.instance_id, answer.holder.kind]).toEqual(['claude-2', 'ttl']);
    expect(await ids()).toEqual([]);
  });

  test('a hundred of them register, live and lease at the same time', async () => {
    const names = Array.from({ length: 100 }, (_, index) => `i-${index}`);
    await Promise.all(
      names.map(async (instance_id) => {
        await styxy.registerInstance({ instance_id });
        await Promise.all([
          styxy.heartbeat(instance_id),
          styxy.allocate({ service_type: 'web', instance_id }),
        ]);
      }),
    );
    expect((await ids()).toSorted()).toEqual(names.toSorted());
    const { instances } = await styxy.listInstances();
    expect(new Set(instances.flatMap((each) => each.active_allocations.map(({ port }) => port))).size).toBe(
      100,
    );
  });
});

describeCoordinator('an instance named like a template', (styxy) => {
  test.each([
    ['main', 0],
    ['dev', 1],
    ['staging', 2],
    ['features', 3],
    ['anything-else', 0],
  ])('%s starts with the port %i steps further', async (instance_id, offset) => {
    const { port } = await styxy.allocate({ service_type: 'web', instance_id });
    expect(port).toBe(styxy.web.first + offset);
    await styxy.release((await styxy.list()).allocations[0]?.lock_id ?? '');
    expect((await styxy.suggest('web', { instance_id })).suggestions).toEqual([port]);
  });

  test('takes another port when its own is taken, and holds also for a service that was elsewhere before', async () => {
    const shop = { service_type: 'web', service_name: 'shop', project_path: '/templates' };
    const first = await styxy.allocate({ ...shop, instance_id: 'staging' });
    expect(first.port).toBe(styxy.web.first + 2);
    expect((await styxy.allocate({ service_type: 'web', instance_id: 'staging' })).port).not.toBe(first.port);
    await styxy.release(first.lock_id);
    const elsewhere = await styxy.allocate({ ...shop, instance_id: 'dev' });
    expect(elsewhere).toMatchObject({ port: styxy.web.first + 1, reason: { code: 'template' } });
  });
});
