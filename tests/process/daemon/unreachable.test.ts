import { existsSync, rmSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { ListAnswer } from '../../../src/protocol/answers/ports.ts';
import { expectError, expectUnreservedRun } from '../../support/complaints.ts';
import { styxyHome } from '../../support/home.ts';

describe('a daemon that lives and can not be reached', () => {
  const home = styxyHome();

  test('because it is stopped: a command says so within seconds, `run` runs its command, nothing is lost', async () => {
    const lease = await home.json<{ lock_id: string }>(['allocate', '--type', 'dev', '--ttl', '1h']);
    const { pid } = home.daemon()!;
    process.kill(pid, 'SIGSTOP');
    try {
      const [list, run] = await Promise.all([
        home.cli(['list']),
        home.cli(['run', '--', 'sh', '-c', 'echo $PORT; exit 3']),
      ]);
      expectError(list, 69, 'DAEMON_UNREACHABLE');
      expect(list.stderr).toContain('does not answer');
      expectUnreservedRun(run, 3);
      expect(home.daemons()).toEqual([pid]);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    // It wakes up to a request whose asker has left; what it grants for that nobody sees.
    const { allocations } = await home.json<ListAnswer>(['list']);
    expect(allocations.map(({ lock_id }) => lock_id)).toEqual([lease.lock_id]);
  });

  test('because its socket was removed: the next command works, with the same leases and one daemon', async () => {
    await home.cli(['daemon', 'start']);
    const before = await home.json<ListAnswer>(['list']);
    const { socket } = home.daemon()!;
    rmSync(socket);
    const exit = await home.cli(['list', '--json']);
    expect(exit.code, exit.story).toBe(0);
    const after: ListAnswer = JSON.parse(exit.stdout);
    expect(after.allocations.map(({ lock_id }) => lock_id)).toEqual(
      before.allocations.map(({ lock_id }) => lock_id),
    );
    expect(existsSync(home.daemon()!.socket)).toBe(true);
    expect(home.daemons()).toEqual([home.daemon()?.pid]);
  });
});
