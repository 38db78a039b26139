import { expect, onTestFinished, test } from 'vitest';
import { bystander } from '../support/bystander.ts';
import { describeCoordinator } from '../support/coordinators.ts';
import { waitFor } from '../support/processes.ts';

describeCoordinator('a service that runs once', (styxy) => {
  const ask = (name: string, own = {}) =>
    styxy.allocate({ service_type: 'once', service_name: name, project_path: '/a', ...own });
  const leases = async () => (await styxy.list()).allocations;

  test('gives its lease to the second who asks, in the same shape, with who holds it', async () => {
    const first = await ask('ollama', { process_id: process.pid, command: 'ollama serve' });
    const second = await ask('ollama', { project_path: '/b', instance_id: 'agent-2' });
    const { share_id: one, sharers: before, ...same } = first;
    const { share_id: two, sharers: after, existing, ...shared } = second;
    expect([first.existing, existing]).toEqual([undefined, true]);
    expect(shared).toEqual(same);
    expect(shared.holder).toMatchObject({ kind: 'process', pid: process.pid });
    expect(one).not.toBe(two);
    expect(before).toMatchObject([
      {
        holder: { kind: 'process', pid: process.pid },
        instance_id: null,
        project_path: '/a',
        command: 'ollama serve',
      },
    ]);
    expect(after).toEqual([
      ...(before ?? []),
      {
        holder: { kind: 'ttl', expires_at: expect.any(String) },
        instance_id: 'agent-2',
        project_path: '/b',
        command: null,
      },
    ]);
    expect(await leases()).toMatchObject([{ lock_id: first.lock_id, sharers: after }]);
  });

  test('is known by its name: another one of its type has a port of its own', async () => {
    const [ollama, chroma, nameless] = [
      await ask('ollama'),
      await ask('chroma'),
      await ask('ollama', { service_name: undefined }),
    ];
    expect(new Set([ollama.port, chroma.port, nameless.port]).size).toBe(3);
    expect([ollama.existing, chroma.existing, nameless.existing]).toEqual([undefined, undefined, undefined]);
  });

  test('runs once for each project where its type says so', async () => {
    const each = (project_path: string) =>
      styxy.allocate({ service_type: 'once-each', service_name: 'db', project_path });
    const [a, b, again] = [await each('/a'), await each('/b'), await each('/a')];
    expect(b.port).not.toBe(a.port);
    expect(again).toMatchObject({ port: a.port, existing: true });
  });

  test('ends with the last who uses it, whoever goes first', async () => {
    const { lock_id, port } = await ask('ollama');
    await ask('ollama');
    await ask('ollama');
    expect(await styxy.release(lock_id)).toMatchObject({ port, state: 'granted', sharers: [{}, {}] });
    expect(await styxy.release(lock_id)).toMatchObject({ port, state: 'granted', sharers: [{}] });
    expect(await leases()).toMatchObject([{ lock_id, port }]);
    expect(await styxy.release(lock_id)).toMatchObject({ port, state: 'released' });
    expect(await leases()).toEqual([]);
    await expect(styxy.release(lock_id)).rejects.toMatchObject({ code: 'LEASE_NOT_FOUND' });
  });

  test('takes out the share that is named, once, however often it is asked', async () => {
    const { lock_id, share_id } = await ask('ollama', { command: 'first' });
    await ask('ollama', { command: 'second' });
    await styxy.release(lock_id, { share_id });
    await styxy.release(lock_id, { share_id });
    expect(await leases()).toMatchObject([{ lock_id, command: 'second', sharers: [{ command: 'second' }] }]);
  });

  test("takes out the asker's own share where it can be known by its instance", async () => {
    const { lock_id } = await ask('ollama', { instance_id: 'one' });
    await ask('ollama', { instance_id: 'two' });
    await styxy.release(lock_id, { instance_id: 'one' });
    expect(await leases()).toMatchObject([{ lock_id, instance_id: 'two' }]);
  });

  test('ends for everybody when that is wanted', async () => {
    const { lock_id } = await ask('ollama');
    await ask('ollama');
    expect(await styxy.release(lock_id, { all: true })).toMatchObject({ state: 'released' });
    expect(await leases()).toEqual([]);
  });

  test('goes on with the next when its holder dies, and ends when that one dies', async () => {
    const [first, second] = [bystander(), bystander()];
    const { lock_id, port } = await ask('ollama', { process_id: first.pid, command: 'first' });
    await ask('ollama', { process_id: second.pid, command: 'second' });
    await first.end();
    await waitFor(
      async () => (await leases())[0]?.holder.pid === second.pid,
      5000,
      'the second one to hold the lease',
    );
    expect(await leases()).toMatchObject([{ lock_id, port, command: 'second', sharers: [{}] }]);
    await second.end();
    await waitFor(async () => (await leases()).length === 0, 8000, 'the lease to end');
    expect((await styxy.check(port)).available).toBe(true);
  });

  test('loses a user who dies, and no other', async () => {
    const user = bystander();
    const { lock_id } = await ask('ollama', { process_id: process.pid });
    await ask('ollama', { process_id: user.pid });
    await user.end();
    await waitFor(async () => (await leases())[0]?.sharers?.length === 1, 5000, 'the share to end');
    expect(await leases()).toMatchObject([{ lock_id, holder: { kind: 'process', pid: process.pid } }]);
  });

  test('lets each share with a deadline go at its own', async () => {
    const { lock_id } = await ask('ollama', { ttl_ms: 300 });
    await ask('ollama', { ttl_ms: 60_000 });
    await ask('ollama', { ttl_ms: 300 });
    await waitFor(async () => (await leases())[0]?.sharers?.length === 1, 8000, 'two shares to end');
    expect(await leases()).toMatchObject([{ lock_id, holder: { kind: 'ttl' } }]);
  });

  test('counts nobody twice: a process, an instance, a retried request', async () => {
    await styxy.registerInstance({ instance_id: 'twice' });
    onTestFinished(() => void styxy.removeInstance('twice'));
    const asks = [{ process_id: process.pid }, { instance_id: 'twice' }, { request_id: 'r-1' }];
    for (const own of [...asks, ...asks]) await ask('ollama', own);
    expect((await leases())[0]?.sharers).toHaveLength(3);
  });

  test('gets one port and one lease when forty ask at once', async () => {
    const answers = await Promise.all(Array.from({ length: 40 }, () => ask('ollama')));
    expect(new Set(answers.map(({ port }) => port)).size).toBe(1);
    expect(new Set(answers.map(({ lock_id }) => lock_id)).size).toBe(1);
    expect(answers.filter(({ existing }) => !existing)).toHaveLength(1);
    expect((await leases())[0]?.sharers).toHaveLength(40);
  });

  test('is found from each project that uses it, and told before anybody asks for its port', async () => {
    const { port, lock_id } = await ask('ollama');
    const other = { service_name: 'ollama', project_path: '/b' };
    expect((await styxy.suggest('once', other)).suggestions).toEqual([port]);
    expect((await styxy.list({ project: '/b' })).allocations).toEqual([]);
    await ask('ollama', other);
    for (const project of ['/a', '/b'])
      expect((await styxy.list({ project })).allocations).toMatchObject([{ lock_id }]);
  });

  test('refuses the exact port that it does not have', async () => {
    const { port, lock_id } = await ask('ollama', { preferred_port: styxy.once.first + 3 });
    expect(await ask('ollama', { port })).toMatchObject({ lock_id, existing: true });
    await expect(ask('ollama', { port: port + 1 })).rejects.toMatchObject({
      code: 'PORT_TAKEN',
      why: `services of type "once" run once, and this one has port ${port}`,
      details: { lock_id },
    });
  });

  test('moves for an asker whose port has failed, and is found where it is now', async () => {
    const old = await ask('ollama');
    const moved = await ask('ollama', { avoid: [old.port] });
    expect(moved.port).not.toBe(old.port);
    expect(moved.existing).toBeUndefined();
    expect(await ask('ollama')).toMatchObject({ lock_id: moved.lock_id, existing: true });
    await styxy.release(old.lock_id);
    expect(await leases()).toMatchObject([{ lock_id: moved.lock_id }]);
  });

  test('leaves types of which many may run as they are', async () => {
    const shop = { service_type: 'web', service_name: 'shop', project_path: '/a' };
    const [one, two] = [await styxy.allocate(shop), await styxy.allocate(shop)];
    expect(one.port).not.toBe(two.port);
    expect([one.sharers, one.share_id]).toEqual([undefined, undefined]);
  });
});
