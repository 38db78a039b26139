import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { styxyHome } from '../support/home.ts';
import { startOutsider } from '../support/outsider.ts';
import { copyExample } from './support/project.ts';
import { boundLease, end, isFree, textAt } from './support/servers.ts';

const python = spawnSync('python3', ['--version']).status === 0;

describe.skipIf(!python)('the port-8000 example (needs python3)', () => {
  // Only `dev` has ports of this test's own: 8000 lies in the range of `api`, as on any machine.
  const home = styxyHome();
  const copy = (name: string) => copyExample('port-8000', join(home.place, name));
  const demo = (cwd: string) => home.start(['run', '--', 'npm', 'run', 'demo'], { cwd });

  test('gets 8000 when it is free, and another port when something else has it', async () => {
    const project = copy('alone');
    const free = await isFree(8000);
    const run = demo(project);
    const lease = await boundLease(home, run, project);
    expect(lease.port === 8000, `8000 was ${free ? 'free' : 'taken'}, and the demo got ${lease.port}`).toBe(
      free,
    );
    expect(await textAt(lease.url)).toContain('<title>Port 8000</title>');
    await end(run, lease);
  });

  test('gets another port, and says why, when a program outside Styxy has 8000', async () => {
    const outsider = await startOutsider(8000, '127.0.0.1').catch(() => undefined);
    const project = copy('late');
    const run = demo(project);
    const lease = await boundLease(home, run, project);
    expect(lease.port).not.toBe(8000);
    expect(await textAt(lease.url)).toContain('<title>Port 8000</title>');
    expect(run.stderr()).toContain('8000 is used by');
    const whose = await home.json<{ allocation: unknown; listener: { pid: number } }>(['whose', '8000']);
    expect(whose.allocation).toBeNull();
    if (outsider) expect(whose.listener.pid).toBe(outsider.pid);
    await end(run, lease);
    await outsider?.end();
  });

  test('runs in two copies at once, on two ports', async () => {
    const projects = [copy('first'), copy('second')];
    const runs = projects.map(demo);
    const leases = await Promise.all(runs.map((run, index) => boundLease(home, run, projects[index]!)));
    expect(new Set(leases.map(({ port }) => port)).size).toBe(2);
    for (const { url } of leases) expect(await textAt(url)).toContain('<title>Port 8000</title>');
    await Promise.all(runs.map((run, index) => end(run, leases[index]!)));
  });
});
