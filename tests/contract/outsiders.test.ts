import { expect, onTestFinished, test } from 'vitest';
import type { ListQuery } from '../../src/protocol/requests/queries.ts';
import { findWorktree } from '../../src/system/worktree.ts';
import { describeCoordinator } from '../support/coordinators.ts';
import { close, lanAddress, listenOn } from '../support/ports.ts';

const hosts = [
  '127.0.0.1',
  '0.0.0.0',
  '::1',
  '::',
  ...(process.platform === 'linux' ? ['127.0.0.2'] : []),
  ...(lanAddress ? [lanAddress] : []),
];

async function outsider(port: number, host: string): Promise<void> {
  const server = await listenOn(port, host);
  onTestFinished(() => close(server));
}

describeCoordinator('an outsider', (styxy) => {
  test.each(hosts)('on %s keeps his port, and every answer says so', async (host) => {
    const port = styxy.web.first + 40 + hosts.indexOf(host);
    await outsider(port, host);
    await expect(styxy.allocate({ service_type: 'web', port })).rejects.toMatchObject({
      code: 'PORT_TAKEN',
      hint: expect.stringContaining(`styxy whose ${port}`),
      details: { port, lock_id: null },
    });
    expect((await styxy.allocate({ service_type: 'web', preferred_port: port })).port).not.toBe(port);
    expect((await styxy.suggest('web', { count: 3, preferred_port: port })).suggestions).not.toContain(port);
    const listener = { address: host, port, pid: process.pid, cwd: process.cwd() };
    // The listeners of the machine are read again when what is known of them is 150 ms old.
    await expect
      .poll(() => styxy.check(port))
      .toMatchObject({
        available: false,
        allocation: null,
        listener,
        reason: expect.stringContaining(`pid ${process.pid}`),
      });
    expect((await styxy.list()).external).toContainEqual(
      expect.objectContaining({ ...listener, service_type: 'web' }),
    );
  });

  test('is listed with the type of his port, and with the worktree that he was started in', async () => {
    const port = styxy.web.first + 62;
    await outsider(port, '127.0.0.1');
    const listed = async (query: ListQuery) =>
      (await styxy.list(query)).external.some((each) => each.port === port);
    await expect.poll(() => listed({})).toBe(true);
    const { path } = findWorktree(process.cwd());
    expect(await listed({ type: 'web', project: path })).toBe(true);
    expect(await listed({ project: process.cwd() })).toBe(true);
    expect(await listed({ type: 'tiny' })).toBe(false);
    expect(await listed({ project: `${path}-other` })).toBe(false);
  });

  test('who leaves makes his port free for all', async () => {
    const port = styxy.web.first + 60;
    const server = await listenOn(port, '127.0.0.1');
    await expect(styxy.allocate({ service_type: 'web', port })).rejects.toMatchObject({ code: 'PORT_TAKEN' });
    await close(server);
    expect((await styxy.check(port)).available).toBe(true);
    expect((await styxy.allocate({ service_type: 'web', port })).port).toBe(port);
  });

  test('on a preferred port is passed by', async () => {
    await outsider(styxy.web.first, '127.0.0.1');
    expect((await styxy.allocate({ service_type: 'web' })).port).toBe(styxy.web.second);
  });

  test('on a port of no type is no business of ours, but his port is not given away', async () => {
    const port = styxy.unmanaged;
    await outsider(port, '127.0.0.1');
    expect((await styxy.list()).external.map((each) => each.port)).not.toContain(port);
    await expect.poll(() => styxy.check(port)).toMatchObject({ available: false, listener: { port } });
    await expect(styxy.allocate({ service_type: 'web', port })).rejects.toMatchObject({ code: 'PORT_TAKEN' });
  });

  test('on a leased port is shown with the lease, and taken for its program where none is known', async () => {
    const { port, lock_id } = await styxy.allocate({
      service_type: 'web',
      preferred_port: styxy.web.first + 70,
    });
    await outsider(port, '127.0.0.1');
    const shown = {
      lock_id,
      state: 'bound',
      listeners: [expect.objectContaining({ port, pid: process.pid })],
    };
    await expect.poll(async () => (await styxy.list()).allocations).toMatchObject([shown]);
    expect((await styxy.list()).external.map((each) => each.port)).not.toContain(port);
  });

  test('who takes the last port is told as the reason', async () => {
    const { first, last } = styxy.tiny;
    await outsider(first + 1, '::1');
    const kept = await styxy.allocate({ service_type: 'tiny' });
    await styxy.allocate({ service_type: 'tiny' });
    await expect(styxy.allocate({ service_type: 'tiny' })).rejects.toMatchObject({
      code: 'RANGE_FULL',
      message: `no free port for "tiny" in ${first}-${last}`,
      why: '2 of 3 are leased and 1 are held by programs outside Styxy',
      details: { service_type: 'tiny', leased: 2, taken: [first + 1] },
    });
    expect((await styxy.suggest('tiny', { count: 3 })).suggestions).toEqual([]);
    await styxy.release(kept.lock_id);
    expect((await styxy.allocate({ service_type: 'tiny' })).port).toBe(kept.port);
  });
});

describeCoordinator('a holder', (styxy) => {
  test('that listens on its port makes the lease bound', async () => {
    const { port } = await styxy.allocate({ service_type: 'web', process_id: process.pid });
    await outsider(port, '127.0.0.1');
    const bound = { state: 'bound', listeners: [{ address: '127.0.0.1', port, pid: process.pid }] };
    await expect.poll(async () => (await styxy.list()).allocations).toMatchObject([bound]);
    expect(await styxy.check(port)).toMatchObject({
      available: false,
      allocation: bound,
      listener: { pid: process.pid },
    });
  });

  test('whose program listens elsewhere has drifted, and the URL leads to where it is', async () => {
    const { lock_id } = await styxy.allocate({ service_type: 'web', process_id: process.pid });
    await styxy.attach(lock_id, { process_id: process.pid });
    const elsewhere = styxy.web.first + 80;
    await outsider(elsewhere, '127.0.0.1');
    await expect
      .poll(async () => (await styxy.list()).allocations)
      .toMatchObject([{ lock_id, state: 'drifted' }]);
    const [allocation] = (await styxy.list()).allocations;
    expect(allocation?.listeners.map(({ port }) => port)).toContain(elsewhere);
    expect(allocation?.actual_ports).toContain(elsewhere);
    expect((await styxy.check(elsewhere)).allocation?.lock_id).toBe(lock_id);
    const second = styxy.web.first + 81;
    await outsider(second, '127.0.0.1');
    // Of each port its own listener, not the first of the lease.
    for (const port of [elsewhere, second]) {
      await expect
        .poll(() => styxy.check(port))
        .toMatchObject({ allocation: { lock_id }, listener: { port, pid: process.pid } });
    }
    await expect(styxy.allocate({ service_type: 'web', port: elsewhere })).rejects.toMatchObject({
      code: 'PORT_TAKEN',
      why: expect.stringContaining('instead of its port'),
      details: { lock_id },
    });
  });
});
