import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { describeCoordinator } from '../support/coordinators.ts';

describeCoordinator('the same asker again', (styxy) => {
  const leases = async () => (await styxy.list()).allocations.length;

  test('with the same request id gets the same lease', async () => {
    const body = { service_type: 'web', request_id: randomUUID() };
    const made = await styxy.allocate(body);
    expect(made.existing).toBeUndefined();
    expect(await styxy.allocate(body)).toMatchObject({
      port: made.port,
      lock_id: made.lock_id,
      existing: true,
    });
    expect(await leases()).toBe(1);
  });

  test('with many requests of one id at once gets one lease', async () => {
    const body = { service_type: 'web', request_id: randomUUID() };
    const answers = await Promise.all(Array.from({ length: 20 }, () => styxy.allocate(body)));
    expect(new Set(answers.map(({ lock_id }) => lock_id)).size).toBe(1);
    expect(await leases()).toBe(1);
  });

  test('after its release gets a new lease for an old request id', async () => {
    const body = { service_type: 'web', request_id: randomUUID() };
    const first = await styxy.allocate(body);
    await styxy.release(first.lock_id);
    const second = await styxy.allocate(body);
    expect(second.lock_id).not.toBe(first.lock_id);
    expect(second.existing).toBeUndefined();
  });

  test('as the same process, for the same service of the same project, gets the same lease', async () => {
    const body = { service_type: 'web', service_name: 'shop', project_path: '/p', process_id: process.pid };
    const made = await styxy.allocate(body);
    expect(await styxy.allocate(body)).toMatchObject({ lock_id: made.lock_id, existing: true });
    const others = [
      await styxy.allocate({ ...body, service_name: 'api' }),
      await styxy.allocate({ ...body, project_path: '/q' }),
      await styxy.allocate({ ...body, process_id: process.ppid }),
      await styxy.allocate({ service_type: 'web', process_id: process.pid }),
      await styxy.allocate({ service_type: 'web', process_id: process.pid }),
    ];
    expect(new Set([made, ...others].map(({ port }) => port)).size).toBe(6);
    expect(others.every(({ existing }) => existing === undefined)).toBe(true);
  });

  test('asking often at once as the same process gets one lease', async () => {
    const body = { service_type: 'web', service_name: 'shop', project_path: '/p', process_id: process.pid };
    await Promise.all(Array.from({ length: 20 }, () => styxy.allocate(body)));
    expect(await leases()).toBe(1);
  });

  test('takes its lease up again by its id, with another holder if it wants', async () => {
    const { lock_id, port } = await styxy.allocate({ service_type: 'web' });
    const again = await styxy.allocate({ service_type: 'web', lock_id, process_id: process.pid });
    expect(again).toMatchObject({
      lock_id,
      port,
      existing: true,
      holder: { kind: 'process', pid: process.pid },
    });
    expect(await leases()).toBe(1);
  });
});

describeCoordinator('a lease that was lost', (styxy) => {
  test('is taken up again at its port when nobody has that', async () => {
    const port = styxy.web.first + 30;
    const lost = {
      service_type: 'web',
      lock_id: randomUUID(),
      port,
      service_name: 'shop',
      project_path: '/p',
    };
    expect(await styxy.allocate(lost)).toMatchObject({
      lock_id: lost.lock_id,
      port,
      service_name: 'shop',
      state: 'granted',
    });
    expect(await styxy.check(port)).toMatchObject({ allocation: { lock_id: lost.lock_id } });
    await expect(styxy.allocate({ service_type: 'web', port })).rejects.toMatchObject({ code: 'PORT_TAKEN' });
  });

  test('stays lost when its port is leased to another, or unknown', async () => {
    const { port } = await styxy.allocate({ service_type: 'web' });
    const lock_id = randomUUID();
    await expect(styxy.allocate({ service_type: 'web', lock_id, port })).rejects.toMatchObject({
      code: 'LEASE_LOST',
      why: expect.stringContaining(String(port)),
      details: { lock_id, port },
    });
    await expect(styxy.allocate({ service_type: 'web', lock_id })).rejects.toMatchObject({
      code: 'LEASE_LOST',
    });
    await expect(
      styxy.allocate({ service_type: 'wed', lock_id, port: styxy.web.last }),
    ).rejects.toMatchObject({ code: 'UNKNOWN_TYPE' });
  });

  test('is taken up by one of two who ask for its port', async () => {
    const port = styxy.web.first + 31;
    const answers = await Promise.allSettled(
      [randomUUID(), randomUUID()].map((lock_id) => styxy.allocate({ service_type: 'web', lock_id, port })),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });
});
