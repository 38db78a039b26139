import { realpathSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { ListAnswer } from '../../../src/protocol/answers/ports.ts';
import { styxyHome } from '../../support/home.ts';
import { bareStart } from '../../support/pace.ts';
import { waitFor } from '../../support/processes.ts';
import { portServer, serverOf, whoIsAt } from '../../support/port-server.ts';
import { makeWorktrees } from '../../support/repository.ts';

const RUNS = 50;
const WORKTREES = 20;

describe.skipIf(process.platform !== 'linux')(
  '50 `styxy run` started at the same moment in 20 worktrees',
  () => {
    const home = styxyHome();

    test('get 50 ports, each bound by its own child; all are free soon after exit', async () => {
      const trees = makeWorktrees(home.place, WORKTREES);
      const runs = Array.from({ length: RUNS }, (_, index) => {
        const cwd = trees[index % WORKTREES]!;
        return {
          cwd: realpathSync(cwd),
          run: home.start(['run', '--', process.execPath, portServer], { cwd }),
        };
      });
      const selves = await Promise.all(runs.map(({ run }) => serverOf(run)));
      expect(new Set(selves.map(({ port }) => port)).size).toBe(RUNS);

      const bound = await waitFor(
        async () => {
          const { allocations } = await home.api.list();
          const all = allocations.length === RUNS && allocations.every(({ state }) => state === 'bound');
          return all ? allocations : undefined;
        },
        20_000,
        '50 bound leases',
      );
      const byPort = new Map(bound.map((allocation) => [allocation.port, allocation]));
      for (const [index, self] of selves.entries()) {
        const { cwd, run } = runs[index]!;
        // Who answers on the port is who was given it, in his own worktree, and the daemon knows it.
        expect(await whoIsAt(self.port)).toEqual(self);
        expect(self.cwd).toBe(cwd);
        expect(byPort.get(self.port)).toMatchObject({
          lock_id: self.lockId,
          project_path: cwd,
          branch: `branch-${index % WORKTREES}`,
          process_id: self.pid,
          holder: { kind: 'connection', pid: run.pid },
          listeners: [{ port: self.port, pid: self.pid }],
        });
      }
      const listed = await home.json<ListAnswer>(['list']);
      expect(listed.allocations.map(({ lock_id }) => lock_id).toSorted()).toEqual(
        bound.map(({ lock_id }) => lock_id).toSorted(),
      );
      const ours = listed.external.filter(({ service_type }) => service_type === 'dev');
      expect(ours, 'listeners that no lease explains').toEqual([]);

      for (const { run } of runs) run.process.kill('SIGTERM');
      const delays = await Promise.all(
        runs.map(async ({ run }, index) => {
          const exit = await run.finished();
          expect(exit.signal, exit.story).toBe('SIGTERM');
          const ended = performance.now();
          const { port } = selves[index]!;
          await waitFor(async () => (await home.api.check(port)).available, 5000, `port ${port} to be free`);
          return performance.now() - ended;
        }),
      );
      console.log(`freed after exit: slowest of ${RUNS} ${Math.max(...delays).toFixed(0)} ms`);
      // 200 ms, five bare starts, on a machine that has nothing else to do; other tests run beside this one.
      expect(Math.max(...delays) / (await bareStart())).toBeLessThan(50);
      expect((await home.api.list()).allocations).toEqual([]);
      const [some] = selves;
      expect((await home.cli(['check', String(some?.port)])).code).toBe(0);
    });
  },
);
