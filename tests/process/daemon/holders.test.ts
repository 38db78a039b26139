import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import type { AllocateAnswer } from '../../../src/protocol/answers/lease.ts';
import { styxyHome } from '../../support/home.ts';
import { waitFor } from '../../support/processes.ts';

describe('a lease lives as long as its holder', () => {
  const home = styxyHome();

  const isLeased = async ({ lock_id: id }: AllocateAnswer) =>
    (await home.api.list()).allocations.some(({ lock_id }) => lock_id === id);

  test('by process id: it ends within 2 s of the process, also across a restart of the daemon', async () => {
    const processes = [0, 1].map(() => spawn('sleep', ['100'], { stdio: 'ignore' }));
    try {
      const leases = await Promise.all(
        processes.map(({ pid }) =>
          home.json<AllocateAnswer>(['allocate', '--type', 'dev', '--pid', `${pid}`]),
        ),
      );
      const [first, second] = leases as [AllocateAnswer, AllocateAnswer];
      expect(first.port).not.toBe(second.port);
      processes[0]!.kill('SIGKILL');
      await waitFor(async () => !(await isLeased(first)), 4000, 'the first lease to end');
      await home.killDaemon();
      await home.cli(['daemon', 'start']);
      expect(await isLeased(second)).toBe(true);
      processes[1]!.kill('SIGKILL');
      await waitFor(async () => !(await isLeased(second)), 4000, 'the second lease to end');
    } finally {
      for (const each of processes) each.kill('SIGKILL');
    }
  });

  test('by deadline: it ends then, but not while its port is in use', async () => {
    await home.cli(['daemon', 'start']);
    const [unused, used] = await Promise.all([
      home.api.allocate({ ttl_ms: 600 }),
      home.api.allocate({ ttl_ms: 600 }),
    ]);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(used.port, '127.0.0.1', resolve));
    await waitFor(async () => !(await isLeased(unused)), 5000, 'the unused lease to end');
    expect(await isLeased(used)).toBe(true);
    server.close();
    await home.api.release(used.lock_id);
  });

  test('by deadline that passes while the daemon stands still: it ends when the daemon goes on, no other one does', async () => {
    await home.cli(['daemon', 'start']);
    const [over, other] = await Promise.all([
      home.api.allocate({ ttl_ms: 600 }),
      home.api.allocate({ ttl_ms: 600_000 }),
    ]);
    const pid = home.daemon()!.pid;
    const deadline = performance.now() + 600;
    process.kill(pid, 'SIGSTOP');
    try {
      await waitFor(() => performance.now() > deadline, 5000, 'the deadline');
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await waitFor(async () => !(await isLeased(over)), 5000, 'the lease to end');
    expect(await isLeased(other)).toBe(true);
    expect(home.daemon()?.pid).toBe(pid);
    await home.api.release(other.lock_id);
  });

  test('asked for again with the same request id is the same lease, also when the answer was lost with the daemon', async () => {
    await home.cli(['daemon', 'start']);
    const request = { ttl_ms: 60_000, request_id: 'a-retry' };
    const lease = await home.api.allocate(request);
    await home.killDaemon();
    await home.cli(['daemon', 'start']);
    const again = await home.api.allocate(request);
    expect(again).toMatchObject({ lock_id: lease.lock_id, port: lease.port, existing: true });
    await home.api.release(lease.lock_id);
    expect((await home.api.allocate(request)).lock_id).not.toBe(lease.lock_id);
  });
});
