import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import type { Allocation } from '../../../src/protocol/answers/allocation.ts';
import { expectError } from '../../support/complaints.ts';
import { styxyHome } from '../../support/home.ts';
import { isAlive, waitFor } from '../../support/processes.ts';

const ELSEWHERE = ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child'];
/** It takes root, or a system that lets users make namespaces. */
const isPossible = spawnSync(ELSEWHERE[0] ?? '', [...ELSEWHERE.slice(1), 'true']).status === 0;

describe.skipIf(!isPossible)('processes of another pid namespace (no root, no unshare: skipped)', () => {
  const home = styxyHome();

  const running = (name: string): Promise<Allocation> =>
    waitFor(
      async () => (await home.api.list()).allocations.find((each) => each.service_name === name),
      20_000,
      `the lease of ${name}`,
    );

  test('are no processes that the daemon knows by number: `stop` signals none and says so', async () => {
    await home.cli(['daemon', 'start']);
    const run = home.start(['run', '--name', 'boxed', '--', 'sleep', '100'], { via: ELSEWHERE });
    const { holder, process_id, port } = await running('boxed');
    expect([holder.kind, holder.pid, process_id]).toEqual(['connection', undefined, null]);
    const exit = await home.cli(['stop', 'boxed']);
    expect(exit.stderr).toBe(
      `released boxed (port ${port}); it runs in another pid namespace (a container, a sandbox), and was left alone\n`,
    );
    expect(run.process.exitCode).toBeNull();
    run.process.kill('SIGKILL');
    await run.finished();
  });

  test('signal none of ours by their numbers', async () => {
    const run = home.start(['run', '--name', 'ours', '--', 'sleep', '100']);
    await running('ours');
    const exit = await home.cli(['stop', 'ours'], { via: ELSEWHERE });
    expect(exit.stderr).toContain('it runs in another pid namespace');
    expect(isAlive(run.pid)).toBe(true);
    run.process.kill('SIGTERM');
    await run.finished();
  });

  test('can not be named as holders', async () => {
    const words = ['allocate', '--type', 'dev', '--name', 'named', '--pid', '1'];
    const exit = await home.cli(words, { via: ELSEWHERE });
    expectError(exit, 64, 'INVALID_REQUEST');
    expect(exit.stderr).toContain('another pid namespace');
    expectError(
      await home.cli(['instances', 'register', 'boxed', '--pid', '1'], { via: ELSEWHERE }),
      64,
      'INVALID_REQUEST',
    );
  });
});
