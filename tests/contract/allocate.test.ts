import { expect, test } from 'vitest';
import { describeCoordinator } from '../support/coordinators.ts';

describeCoordinator('an allocation', (styxy) => {
  test('has every field of the contract, those not given as null', async () => {
    const before = Date.now();
    const answer = await styxy.allocate({ service_type: 'web' });
    expect(answer).toMatchObject({
      success: true,
      port: styxy.web.first,
      lock_id: expect.stringMatching(/^[0-9a-z-]{8,64}$/),
      service_type: 'web',
      service_name: null,
      state: 'granted',
      project_path: null,
      instance_id: null,
      holder: { kind: 'ttl', expires_at: expect.any(String) },
      process_id: null,
      command: null,
      branch: null,
      allocated_at: expect.any(String),
      listeners: [],
      url: `http://localhost:${styxy.web.first}`,
    });
    expect(Date.parse(answer.allocated_at)).toBeGreaterThanOrEqual(before);
    expect(new Date(answer.allocated_at).toISOString()).toBe(answer.allocated_at);
    const livesFor = Date.parse(answer.holder.expires_at ?? '') - Date.parse(answer.allocated_at);
    expect(Math.abs(livesFor - 600_000)).toBeLessThan(5000);
  });

  test('repeats what it was asked for', async () => {
    const body = {
      service_type: 'web',
      service_name: 'shop',
      project_path: '/p/ä b',
      branch: 'feature/x',
      instance_id: 'agent-1',
      command: 'npm run dev -- "a"',
    };
    expect(
      await styxy.allocate({ ...body, preferred_port: styxy.web.first + 90, process_id: process.pid }),
    ).toMatchObject({
      ...body,
      process_id: process.pid,
      holder: { kind: 'process', pid: process.pid },
    });
  });

  test('is the same in the list and in a check, and is gone after its release', async () => {
    const { success: _, ...made } = await styxy.allocate({
      service_type: 'web',
      service_name: 'shop',
      ttl_ms: 60_000,
    });
    expect((await styxy.list()).allocations).toEqual([made]);
    expect(await styxy.check(made.port)).toMatchObject({
      port: made.port,
      available: false,
      allocation: made,
      listener: null,
    });
    expect(await styxy.release(made.lock_id)).toMatchObject({ ...made, state: 'released' });
    expect((await styxy.list()).allocations).toEqual([]);
    expect(await styxy.check(made.port)).toMatchObject({
      available: true,
      allocation: null,
      listener: null,
      reason: 'free',
    });
  });

  test('takes the preferred ports first, then the rest of the range', async () => {
    const ports = [];
    for (let count = 0; count < 3; count += 1)
      ports.push((await styxy.allocate({ service_type: 'web' })).port);
    expect(ports.slice(0, 2)).toEqual([styxy.web.first, styxy.web.second]);
    expect(ports[2]).toBeGreaterThan(styxy.web.second);
    expect(ports[2]).toBeLessThanOrEqual(styxy.web.last);
  });

  test('takes the wish if it can, and the next best if not', async () => {
    const wish = styxy.web.first + 100;
    expect((await styxy.allocate({ service_type: 'web', preferred_port: wish })).port).toBe(wish);
    expect((await styxy.allocate({ service_type: 'web', preferred_port: wish })).port).toBe(styxy.web.first);
  });

  test('takes exactly the port that was asked for, or names who has it', async () => {
    const port = styxy.web.first + 101;
    const { lock_id } = await styxy.allocate({
      service_type: 'web',
      port,
      service_name: 'shop',
      project_path: '/p',
    });
    await expect(styxy.allocate({ service_type: 'web', port })).rejects.toMatchObject({
      code: 'PORT_TAKEN',
      why: `${port} is leased to shop (/p)`,
      details: { port, lock_id, holder: { service_name: 'shop', folder: '/p' } },
    });
  });

  test('avoids the ports that just failed', async () => {
    const { first, second } = styxy.web;
    const { port } = await styxy.allocate({
      service_type: 'web',
      avoid: [first, second],
      preferred_port: first,
    });
    expect([first, second]).not.toContain(port);
  });

  test('goes by the wished port where the type is only a default', async () => {
    const wish = { service_type: 'web', preferred_port: styxy.tiny.first };
    expect(await styxy.allocate({ ...wish, service_type_default: true })).toMatchObject({
      service_type: 'tiny',
      port: styxy.tiny.first,
    });
    const { service_type, reason } = await styxy.allocate(wish);
    expect(service_type).toBe('web');
    expect(reason).toMatchObject({ code: 'refused', instead_of: wish.preferred_port });
  });

  test('keeps the type of a program that is known to be of it, and gives the wished port all the same', async () => {
    const shop = { service_type: 'web', service_name: 'known', project_path: '/known' };
    const known = { ...shop, service_type_default: true, service_type_known: true };
    for (const wish of [{ preferred_port: styxy.tiny.first }, { port: styxy.tiny.last }]) {
      const [port] = Object.values(wish);
      const told = await styxy.suggest('web', { ...known, ...wish });
      expect(told).toMatchObject({ service_type: 'web', suggestions: [port] });
      const made = await styxy.allocate({ ...known, ...wish });
      expect(made).toMatchObject({ service_type: 'web', port });
      await styxy.release(made.lock_id);
    }
    await expect(styxy.allocate({ ...known, port: 80 })).rejects.toMatchObject({ code: 'PORT_NOT_ALLOWED' });
  });

  test('gives a service the port it had before', async () => {
    const shop = { service_type: 'web', service_name: 'shop', project_path: '/same' };
    const made = await styxy.allocate({ ...shop, preferred_port: styxy.web.first + 120 });
    await styxy.release(made.lock_id);
    const others = [
      await styxy.allocate({ service_type: 'web' }),
      await styxy.allocate({ ...shop, service_name: 'api' }),
    ];
    expect(others.map(({ port }) => port)).not.toContain(made.port);
    expect((await styxy.allocate(shop)).port).toBe(made.port);
  });

  test('of an unknown type is refused, with a guess at what was meant', async () => {
    const unknown = {
      code: 'UNKNOWN_TYPE',
      hint: 'did you mean "web"?',
      details: { service_type: 'wed', known: expect.arrayContaining(['web', 'tiny', 'dev']) },
    };
    await expect(styxy.allocate({ service_type: 'wed' })).rejects.toMatchObject(unknown);
    await expect(styxy.suggest('wed')).rejects.toMatchObject(unknown);
  });

  test('can be told which program runs with the port', async () => {
    const { lock_id } = await styxy.allocate({ service_type: 'web' });
    expect(await styxy.attach(lock_id, { process_id: process.pid })).toMatchObject({
      lock_id,
      process_id: process.pid,
    });
    expect((await styxy.list()).allocations).toMatchObject([
      { process_id: process.pid, holder: { kind: 'ttl' } },
    ]);
  });

  test.each([['is not running', 2 ** 22 + 5]])('can not be kept by a process that %s', async (_, pid) => {
    const refused = { code: 'INVALID_REQUEST', message: `process ${pid} is not running`, details: { pid } };
    await expect(styxy.allocate({ service_type: 'web', process_id: pid })).rejects.toMatchObject(refused);
    const { lock_id } = await styxy.allocate({ service_type: 'web' });
    await expect(styxy.attach(lock_id, { process_id: pid })).rejects.toMatchObject(refused);
  });

  test('that nobody has can neither be released nor attached to', async () => {
    const { lock_id } = await styxy.allocate({ service_type: 'web' });
    await styxy.release(lock_id);
    for (const id of [lock_id, 'never-was-there', 'x']) {
      await expect(styxy.release(id)).rejects.toMatchObject({ code: 'LEASE_NOT_FOUND' });
      await expect(styxy.attach(id, { adopt: true })).rejects.toMatchObject({ code: 'LEASE_NOT_FOUND' });
    }
  });

  test('is counted in the status', async () => {
    expect(await styxy.status()).toMatchObject({ running: true, allocations: 0, protocol: 1 });
    await styxy.allocate({ service_type: 'web' });
    const status = await styxy.status();
    expect(status).toMatchObject({
      running: true,
      pid: expect.any(Number),
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      protocol: 1,
      uptime_ms: expect.any(Number),
      http_port: null,
      allocations: 1,
      instances: 0,
      memory: { rss: expect.any(Number), heap_used: expect.any(Number) },
      notices: [],
    });
  });
});
