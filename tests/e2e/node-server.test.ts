import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { styxyHome } from '../support/home.ts';
import { copyExample } from './support/project.ts';
import { boundLease, end, isFree, textAt } from './support/servers.ts';

/** The one that it takes where it is given none. */
const USUAL_PORT = 3000;

describe('the node-server example', () => {
  const home = styxyHome();

  test('listens on the port it was leased, and gives it back when it ends', async () => {
    const project = copyExample('node-server', join(home.place, 'app'));
    const isUsualFree = await isFree(USUAL_PORT);
    const run = home.start(['run', '--', 'npm', 'start'], { cwd: project });
    const lease = await boundLease(home, run, project);
    expect(await textAt(lease.url)).toBe(`Hello from port ${lease.port}.\n`);
    expect(run.stdout()).toContain(`listening on http://localhost:${lease.port}\n`);
    if (isUsualFree) expect(lease.port).toBe(USUAL_PORT);
    else expect(lease.port).toBeGreaterThanOrEqual(home.ports.first);
    await end(run, lease);
    expect(await isFree(lease.port)).toBe(true);
    // Our own look at the port may have met the daemon's.
    await expect.poll(async () => (await home.api.list()).allocations, { timeout: 5000 }).toEqual([]);
  });

  test('runs twice at once on two ports', async () => {
    const [one, other] = ['one', 'other'].map((name) => copyExample('node-server', join(home.place, name)));
    const runs = [one!, other!].map((cwd) => ({
      cwd,
      run: home.start(['run', '--', 'npm', 'start'], { cwd }),
    }));
    const leases = await Promise.all(runs.map(({ cwd, run }) => boundLease(home, run, cwd)));
    expect(leases[0]!.port).not.toBe(leases[1]!.port);
    for (const { port, url } of leases) expect(await textAt(url)).toContain(`port ${port}`);
    await Promise.all(runs.map(({ run }, index) => end(run, leases[index]!)));
  });
});
