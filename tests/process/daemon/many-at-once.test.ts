import { spawn } from 'node:child_process';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createProcessFinder } from '../../../src/daemon/machine/started-for.ts';
import { LEASE_MARKER } from '../../../src/protocol/lease-marker.ts';
import { lease } from '../../support/leases.ts';
import { styxyHome } from '../../support/home.ts';
import { waitFor } from '../../support/processes.ts';

function sleeper(marker?: string): number {
  const env = { ...process.env, ...(marker !== undefined && { [LEASE_MARKER]: marker }) };
  const child = spawn('sleep', ['100'], { stdio: 'ignore', env });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child.pid ?? -1;
}

describe.skipIf(process.platform !== 'linux')('leases that end at the same moment', () => {
  const home = styxyHome();

  test('of one dead process end together, and the daemon answers meanwhile', async () => {
    await home.cli(['daemon', 'start']);
    const holder = sleeper();
    const count = home.ports.last - home.ports.first + 1;
    for (let made = 0; made < count; made++) {
      await home.api.allocate({ process_id: holder, service_name: `s${made}`, project_path: '/p' });
    }
    expect((await home.api.status()).allocations).toBe(count);
    process.kill(holder, 'SIGKILL');
    // Promised: 5 s.
    await waitFor(async () => (await home.api.status()).allocations === 0, 5000, 'all leases to end');
  });

  test('are searched for the processes that they started in common, and each finds its own', async () => {
    const { processesOf } = createProcessFinder();
    const ids = Array.from({ length: 20 }, (_, index) => `many-${process.pid}-${index}`);
    const pids = ids.map((id) => sleeper(id));
    // A process has its environment a moment after its pid.
    const found = await waitFor(async () => {
      const all = await Promise.all(ids.map((id) => processesOf(lease(3000, { id }))));
      return all.every((each) => each.length > 0) ? all : undefined;
    });
    expect(found.map((each) => each.map(({ pid }) => pid))).toEqual(pids.map((pid) => [pid]));
    expect(await processesOf(lease(3000, { id: `many-${process.pid}-none` }))).toEqual([]);
  });

  test('a process that is started during one search is found by the next one', async () => {
    const { processesOf } = createProcessFinder();
    const id = `late-${process.pid}`;
    const early = processesOf(lease(3000, { id }));
    const pid = sleeper(id);
    await early;
    const found = await waitFor(async () => {
      const started = await processesOf(lease(3000, { id }));
      return started.length > 0 ? started : undefined;
    });
    expect(found.map((each) => each.pid)).toEqual([pid]);
  });

  test('what was started after the grant is found, where the pids tell who that can be', async () => {
    const finder = createProcessFinder();
    const id = `granted-${process.pid}`;
    finder.noteGrant(id);
    const pid = sleeper(id);
    const found = await waitFor(async () => {
      const started = await finder.processesOf(lease(3000, { id }));
      return started.length > 0 ? started : undefined;
    });
    expect(found.map((each) => each.pid)).toEqual([pid]);
    finder.noteEnd(id);
    expect((await finder.processesOf(lease(3000, { id }))).map((each) => each.pid)).toEqual([pid]);
  });
});
