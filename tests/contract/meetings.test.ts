import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { describeCoordinator } from '../support/coordinators.ts';
import { guardedDaemon } from '../support/guarded-daemon.ts';
import { close, listenOn } from '../support/ports.ts';
import { rawRequest } from '../support/raw-http.ts';

describeCoordinator('requests that meet', (styxy) => {
  test('many requests of one id at once: one is new, the others are told that they exist', async () => {
    const body = { service_type: 'web', request_id: randomUUID() };
    const answers = await Promise.all(Array.from({ length: 20 }, () => styxy.allocate(body)));
    expect(answers.filter(({ existing }) => existing).length).toBe(19);
  });
  test('the same process asks again with a default type that its wish overrules', async () => {
    const body = {
      service_type: 'web',
      service_type_default: true,
      preferred_port: styxy.tiny.first,
      service_name: 's',
      project_path: '/p',
      process_id: process.pid,
    };
    const made = await styxy.allocate(body);
    expect(await styxy.allocate(body)).toMatchObject({ lock_id: made.lock_id, existing: true });
  });
  test.each([9876, 6000, 80])('a lost lease is not taken up again at %i', async (port) => {
    await expect(styxy.allocate({ service_type: 'web', lock_id: randomUUID(), port })).rejects.toMatchObject({
      code: 'PORT_NOT_ALLOWED',
    });
  });
  test('a check right after another one sees who came between', async () => {
    await styxy.list();
    const port = styxy.web.first + 50;
    const server = await listenOn(port, '127.0.0.1');
    onTestFinished(() => close(server));
    expect(await styxy.check(port)).toMatchObject({ available: false, listener: { pid: process.pid } });
  });
  test('a lease is not ended at its deadline when its program came up a moment before', async () => {
    const { port, lock_id } = await styxy.allocate({ service_type: 'web', ttl_ms: 1500 });
    const end = Date.now() + 1500;
    while (Date.now() < end - 300) await new Promise((resolve) => setTimeout(resolve, 5));
    await styxy.list();
    const server = await listenOn(port, '127.0.0.1');
    onTestFinished(() => close(server));
    while (Date.now() < end + 200) await new Promise((resolve) => setTimeout(resolve, 20));
    expect((await styxy.list()).allocations.map((each) => each.lock_id)).toContain(lock_id);
  });
  test("a second process does not end the first one's lease by the same request id", async () => {
    const made = await styxy.allocate({ service_type: 'web', request_id: 'shared-id-1' });
    await styxy.allocate({
      service_type: 'web',
      lock_id: randomUUID(),
      port: styxy.web.first + 33,
      request_id: 'shared-id-1',
    });
    await styxy.release(made.lock_id);
    expect(await styxy.allocate({ service_type: 'web', request_id: 'shared-id-1' })).toMatchObject({
      port: styxy.web.first + 33,
    });
  });
  test('a count that is none', async () => {
    await expect(styxy.suggest('web', { count: 0 })).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
  });
});

describe('over TCP', () => {
  const guarded = guardedDaemon();
  test('who has no token can not make the daemon retire', async () => {
    const answer = await guarded.ask('GET', '/', { authorization: undefined, 'styxy-version': '99.0.0' });
    expect(answer?.status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(guarded.daemon.isRunning()).toBe(true);
  });
});

describe('a client that gives up', () => {
  const guarded = guardedDaemon();
  test('a client that leaves within its body is no failure of the daemon', async () => {
    const head = rawRequest('POST', '/allocate', {
      ...guarded.good(),
      'content-type': 'application/json',
      'content-length': '50',
    });
    const socket = connect(guarded.port, '127.0.0.1').on('error', () => undefined);
    await new Promise<void>(
      (resolve) => void socket.write(Buffer.concat([head, Buffer.from('{"service')]), () => resolve()),
    );
    socket.resetAndDestroy();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(readFileSync(guarded.daemon.paths.log, 'utf8')).not.toContain('"level":"error"');
  });
});
