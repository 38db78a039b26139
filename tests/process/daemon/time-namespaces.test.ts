import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import type { DoctorAnswer } from '../../../src/protocol/answers/status.ts';
import { styxyHome } from '../../support/home.ts';
import { waitFor } from '../../support/processes.ts';

/** Eleven days after the machine's own start by the kernel's clock, as a restored container has it. */
const LATER = ['unshare', '--time', '--boottime', '1000000', '--monotonic', '1000000', '--fork'];
const isPossible = spawnSync(LATER[0] ?? '', [...LATER.slice(1), 'true']).status === 0;

describe.skipIf(!isPossible)('time namespaces (no root, no unshare: skipped)', () => {
  const home = styxyHome();
  const lockOf = ({ checks }: DoctorAnswer) => checks.find(({ name }) => name === 'lock');

  test.each([
    ['outside', [], LATER],
    ['inside', LATER, []],
  ])('a daemon that was started %s is known in both by its pid and its start', async (_, its, others) => {
    expect((await home.cli(['daemon', 'start'], { via: its })).code).toBe(0);
    const { pid } = home.daemon()!;
    const doctor = await home.json<DoctorAnswer>(['doctor'], { via: others });
    expect(lockOf(doctor)).toMatchObject({ ok: true });
    const stop = await home.cli(['daemon', 'stop'], { via: others });
    expect(stop.stderr).toBe(`stopped the daemon (pid ${pid})\n`);
    expect(home.daemons()).toEqual([]);
  });

  test('a run in one is known by its pid: what its killed wrapper leaves ends', async () => {
    await home.cli(['daemon', 'start']);
    const run = home.start(['run', '--name', 'later', '--', 'sh', '-c', 'echo $$; exec sleep 100'], {
      via: LATER,
    });
    const command = Number(await waitFor(() => run.stdout().trim(), 20_000, run.stderr));
    const { process_id, holder } = await waitFor(async () => {
      const { allocations } = await home.api.list();
      return allocations.find((each) => each.process_id === command);
    }, 20_000);
    expect(process_id).toBe(command);
    process.kill(holder.pid!, 'SIGKILL');
    await waitFor(() => !home.processes().some(({ pid }) => pid === command), 20_000, 'the command to end');
    await waitFor(async () => (await home.api.list()).allocations.length === 0, 20_000, 'the lease to end');
    await run.finished();
  });
});
