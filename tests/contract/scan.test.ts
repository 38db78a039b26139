import { expect, onTestFinished, test } from 'vitest';
import type { ScanQuery } from '../../src/protocol/requests/queries.ts';
import { describeCoordinator } from '../support/coordinators.ts';
import { close, listenOn } from '../support/ports.ts';

async function outsider(port: number, host = '127.0.0.1'): Promise<void> {
  const server = await listenOn(port, host);
  onTestFinished(() => close(server));
}

describeCoordinator('a scan', (styxy) => {
  const scan = async (query: ScanQuery) => (await styxy.scan(query)).ports;
  const whole = (): ScanQuery => ({ from: styxy.web.first, to: styxy.unmanaged });

  test('names the ports with a lease or a listener in their order, and no others', async () => {
    const { port: leased, lock_id } = await styxy.allocate({
      service_type: 'tiny',
      service_name: 'shop',
      project_path: '/p',
    });
    await outsider(styxy.web.first + 90);
    await outsider(styxy.unmanaged);
    const [external, own, other, ...rest] = await expect
      .poll(() => scan(whole()))
      .toHaveLength(3)
      .then(() => scan(whole()));
    expect(rest).toEqual([]);
    const here = { pid: process.pid, cwd: process.cwd() };
    expect(external).toMatchObject({
      port: styxy.web.first + 90,
      state: 'external',
      service_type: 'web',
      allocation: null,
      listeners: [{ ...here, address: '127.0.0.1' }],
      project_path: expect.any(String),
      instance_id: null,
      command: expect.stringContaining('node'),
      since: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    });
    expect(own).toMatchObject({
      port: leased,
      state: 'leased',
      service_type: 'tiny',
      allocation: { lock_id, service_name: 'shop' },
      listeners: [],
      project_path: '/p',
      since: own?.allocation?.allocated_at,
    });
    expect(other).toMatchObject({
      port: styxy.unmanaged,
      state: 'unmanaged',
      service_type: null,
      listeners: [here],
    });
  });

  test('of a range leaves out what lies beside it', async () => {
    const port = styxy.web.first + 92;
    for (const each of [port - 1, port, port + 1]) await outsider(each);
    const ports = async (query: ScanQuery) => (await scan(query)).map((each) => each.port);
    await expect.poll(() => ports({ from: port, to: port })).toEqual([port]);
    expect(await ports({ from: port - 1, to: port })).toEqual([port - 1, port]);
  });

  test('of everything has its own bounds, and says how long it took', async () => {
    expect(await styxy.scan()).toMatchObject({ from: 1, to: 65_535, took_ms: expect.any(Number) });
    expect(await styxy.scan({ from: 5 })).toMatchObject({ from: 5, to: 65_535 });
  });

  test('shows a port that a leased program took beside its lease', async () => {
    const { lock_id } = await styxy.allocate({ service_type: 'web', process_id: process.pid });
    const port = styxy.web.first + 95;
    await outsider(port);
    const beside = { state: 'additional', allocation: { lock_id } };
    await expect.poll(() => scan({ from: port, to: port })).toMatchObject([beside]);
    await styxy.attach(lock_id, { process_id: process.pid });
    await expect.poll(() => scan({ from: port, to: port })).toMatchObject([{ ...beside, state: 'drifted' }]);
  });

  test.each([
    [{ from: 9, to: 3 }, 'INVALID_REQUEST'],
    [{ from: 0, to: 3 }, 'INVALID_PORT'],
    [{ from: 3, to: 65_536 }, 'INVALID_PORT'],
    [{ from: 3.5 }, 'INVALID_PORT'],
    [{ to: NaN }, 'INVALID_PORT'],
  ])('of %j is refused', async (query, code) => {
    await expect(styxy.scan(query)).rejects.toMatchObject({ code });
  });
});
