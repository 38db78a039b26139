import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { describeCoordinator } from '../support/coordinators.ts';
import { startTestDaemon } from '../support/daemon.ts';
import { claimPorts } from '../support/ports.ts';

const shop = { service_type: 'web', service_name: 'shop', project_path: '/p' };

describeCoordinator('a service that runs already', (styxy) => {
  const run = () => styxy.allocate({ ...shop, process_id: process.pid, command: 'node shop.js' });

  test('is shared with who asks to reuse it, and is not kept alive by him', async () => {
    const first = await run();
    const second = await styxy.allocate({ ...shop, if_running: 'reuse' });
    expect(second).toMatchObject({
      success: true,
      port: first.port,
      lock_id: first.lock_id,
      existing: true,
      shared: true,
      holder: { kind: 'process', pid: process.pid },
    });
    expect((await styxy.list()).allocations).toHaveLength(1);
  });

  test('is named to who does not want a second one', async () => {
    const { port, lock_id } = await run();
    await expect(styxy.allocate({ ...shop, if_running: 'fail' })).rejects.toMatchObject({
      code: 'SERVICE_RUNNING',
      message: `"shop" runs already, on port ${port}`,
      why: `process ${process.pid} (node shop.js) in /p`,
      details: { port, lock_id, pid: process.pid },
    });
  });

  test.each([undefined, 'new'] as const)('gets a second port with if_running %s', async (wish) => {
    const first = await run();
    const second = await styxy.allocate({ ...shop, if_running: wish });
    expect(second.port).not.toBe(first.port);
    expect(second.shared).toBeUndefined();
  });

  test.each([
    ['another project', { project_path: '/q' }],
    ['another name', { service_name: 'admin' }],
    ['another type', { service_type: 'tiny' }],
    ['no name', { service_name: undefined }],
  ])('is not meant by %s', async (_, other) => {
    await run();
    const made = await styxy.allocate({ ...shop, ...other, if_running: 'fail' });
    expect(made.existing).toBeUndefined();
  });

  test('is meant whatever its type where the type is only a default', async () => {
    const first = await run();
    const wish = { ...shop, service_type: 'tiny', service_type_default: true };
    expect(await styxy.allocate({ ...wish, if_running: 'reuse' })).toMatchObject({ port: first.port });
  });

  test('is not meant by a port that was only put aside, unless somebody listens there', async () => {
    const aside = await styxy.allocate(shop);
    const made = await styxy.allocate({ ...shop, if_running: 'reuse' });
    expect(made.port).not.toBe(aside.port);
    await styxy.release(made.lock_id);
    const server = createServer().listen(aside.port, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const shared = await styxy.allocate({ ...shop, if_running: 'reuse' });
    expect(shared).toMatchObject({ port: aside.port, shared: true });
    server.close();
  });

  test("is its own owner's whatever he says", async () => {
    const { lock_id } = await run();
    const again = await styxy.allocate({ ...shop, process_id: process.pid, if_running: 'fail' });
    expect(again).toMatchObject({ lock_id, existing: true });
    expect(again.shared).toBeUndefined();
  });
});

describe('a held request for a service that runs already', () => {
  test('ends after its first line, and the lease goes on without it', async () => {
    await using block = await claimPorts();
    await using daemon = await startTestDaemon({
      config: { service_types: { web: { port_range: [block.first, block.last] } } },
    });
    const made = await daemon.coordinator.allocate({ ...shop, process_id: process.pid });
    const body = { ...shop, hold: true, process_id: process.ppid, if_running: 'reuse' };
    const stream = await daemon.connection.hold({ method: 'POST', path: '/allocate', body });
    expect(stream.first).toMatchObject({ lock_id: made.lock_id, shared: true });
    await new Promise<void>((resolve) => stream.onEnd(resolve));
    expect((await daemon.coordinator.list()).allocations).toMatchObject([
      { lock_id: made.lock_id, holder: { kind: 'process', pid: process.pid } },
    ]);
  });
});
