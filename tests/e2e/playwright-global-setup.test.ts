import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startProgram, styxyHome } from '../support/home.ts';
import { startOutsider } from '../support/outsider.ts';
import { copyExample } from './support/project.ts';
import { boundLease, end, isFree } from './support/servers.ts';

interface Seen {
  url: string;
  lease: string;
}

describe('the playwright-global-setup example', () => {
  const home = styxyHome();
  const copy = (name: string) => copyExample('playwright-global-setup', join(home.place, name), ['styxy']);
  const suite = (cwd: string, env: Record<string, string> = {}) =>
    startProgram([process.execPath, 'run-workers.js'], { cwd, env: { ...home.env, ...env } }).finished();
  const seenBy = (stdout: string) =>
    stdout
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Seen);

  test('gives all workers the one server it started, and ends it after them', async () => {
    const exit = await suite(copy('alone'));
    expect(exit.code, exit.story).toBe(0);
    const seen = seenBy(exit.stdout);
    expect(seen).toHaveLength(4);
    expect(new Set(seen.map(({ url }) => url))).toEqual(new Set([`http://localhost:${home.ports.first}`]));
    expect(new Set(seen.map(({ lease }) => lease)).size).toBe(1);
    expect(await isFree(home.ports.first)).toBe(true);
    expect((await home.api.list()).allocations).toEqual([]);
  });

  test('reuses a server of its own worktree', async () => {
    const project = copy('own');
    const run = home.start(['run', '--', 'npm', 'run', 'dev'], { cwd: project });
    const lease = await boundLease(home, run, project);
    const exit = await suite(project, { BASE_URL: lease.url });
    expect(exit.code, exit.story).toBe(0);
    expect(new Set(seenBy(exit.stdout).map((seen) => seen.lease))).toEqual(new Set([lease.lock_id]));
    await end(run, lease);
  });

  test("refuses another worktree's server on its base URL, and names it", async () => {
    const [mine, theirs] = [copy('mine'), copy('theirs')];
    const run = home.start(['run', '--', 'npm', 'run', 'dev'], { cwd: theirs });
    const lease = await boundLease(home, run, theirs);
    const exit = await suite(mine, { BASE_URL: lease.url });
    expect(exit.code, exit.story).toBe(1);
    expect(exit.stderr).toContain(`the port belongs to npm run dev in ${theirs}`);
    expect(seenBy(exit.stdout)).toEqual([]);
    await end(run, lease);
  });

  test('refuses a server that did not go through Styxy', async () => {
    const port = home.ports.last;
    const outsider = await startOutsider(port, '127.0.0.1');
    const exit = await suite(copy('outsider'), { BASE_URL: `http://localhost:${port}` });
    expect(exit.code, exit.story).toBe(1);
    expect(exit.stderr).toContain('is not a server of this worktree');
    await outsider.end();
  });
});
