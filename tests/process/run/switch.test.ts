import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Allocation } from '../../../src/protocol/answers/allocation.ts';
import { expectError } from '../../support/complaints.ts';
import { styxyHome } from '../../support/home.ts';
import { startOutsider } from '../../support/outsider.ts';
import { waitFor } from '../../support/processes.ts';
import { makeWorktrees } from '../../support/repository.ts';

interface Switched {
  port: number;
  other: Allocation | null;
}

describe('styxy switch', () => {
  const home = styxyHome();
  const start = (cwd: string) =>
    home.json<Allocation>(['run', 'web', '--detach', '--wait', '--json'], { cwd });
  const change = (cwd: string) => home.json<Switched>(['switch', 'web', '--json'], { cwd });
  const stop = (cwd: string) => home.cli(['stop', '--all', '--yes'], { cwd });
  const says = async (port: number) => (await fetch(`http://localhost:${port}`)).text();

  function projects(prefer: number | undefined): [string, string] {
    const trees = makeWorktrees(home.place, 2);
    const code = `require('http').createServer((q, a) => a.end(process.cwd())).listen(process.env.PORT)`;
    for (const tree of trees) {
      const services = { web: { command: [process.execPath, '-e', code], prefer }, api: { command: 'true' } };
      writeFileSync(join(tree, 'styxy.config.json'), JSON.stringify({ services }));
    }
    return trees as [string, string];
  }

  test('gives the fixed port to this worktree, and the other one its own, the same each time', async () => {
    const fixed = home.ports.first + 20;
    const [one, two] = projects(fixed);
    expect((await start(one)).port).toBe(fixed);
    const { port: ofTwo } = await start(two);
    const { stdout, stderr } = await home.cli(['switch', 'web', '--json'], { cwd: two });
    const first = JSON.parse(stdout) as Switched;
    expect(stderr.match(/in the background/g)).toHaveLength(1);
    expect(first).toMatchObject({ port: fixed, other: { project_path: one, service_name: 'web' } });
    const ofOne = first.other?.port ?? 0;
    expect([await says(fixed), await says(ofOne)]).toEqual([two, one]);
    for (const [tree, aside] of [
      [one, ofTwo],
      [two, ofOne],
      [one, ofTwo],
    ] as const) {
      const { port, other } = await change(tree);
      expect([port, other?.port]).toEqual([fixed, aside]);
      expect(await says(fixed)).toBe(tree);
    }
    const log = (await home.cli(['logs', 'web'], { cwd: two })).stdout;
    expect(log).toContain(
      `${one} has taken port ${fixed} (styxy switch); web goes on at http://localhost:${ofTwo}`,
    );
    // It has the port already: nothing is restarted.
    const { process_id: pid } = (await home.api.check(fixed)).allocation!;
    expect(await change(one)).toMatchObject({ port: fixed, other: null });
    expect((await home.api.check(fixed)).allocation?.process_id).toBe(pid);
    await stop(one);
    await stop(two);
  });

  test('starts a service that does not run', async () => {
    const fixed = home.ports.first + 21;
    const [one, two] = projects(fixed);
    await start(one);
    expect(await change(two)).toMatchObject({ port: fixed, other: { project_path: one } });
    await stop(one);
    await stop(two);
  });

  test('of a name that is a typo says what was meant', async () => {
    const [one] = projects(home.ports.first + 21);
    const refused = await home.cli(['switch', 'wbe'], { cwd: one });
    expectError(refused, 64, 'USAGE');
    expect(refused.stderr).toContain('did you mean "web"?');
  });

  test('ends nothing where an outsider has the port', async () => {
    const fixed = home.ports.first + 22;
    const [one] = projects(fixed);
    const outsider = await startOutsider(fixed, '127.0.0.1');
    const { port } = await start(one);
    expectError(await home.cli(['switch', 'web'], { cwd: one }), 75, 'PORT_TAKEN');
    expect(await says(port)).toBe(one);
    await outsider.end();
    await stop(one);
  });

  test('leaves the port to the other one where that can not go on elsewhere, and says why', async () => {
    const fixed = home.ports.first + 24;
    const [one, two] = projects(fixed);
    const code = `if (process.env.PORT !== '${fixed}') process.exit(3);
      require('http').createServer((q, a) => a.end(process.cwd())).listen(process.env.PORT)`;
    const services = { web: { command: [process.execPath, '-e', code], prefer: fixed } };
    writeFileSync(join(one, 'styxy.config.json'), JSON.stringify({ services }));
    expect((await start(one)).port).toBe(fixed);
    const refused = await home.cli(['switch', 'web'], { cwd: two });
    expect(refused.code, refused.story).not.toBe(0);
    expect(refused.stderr).not.toContain(`${fixed} again`);
    expect(await says(fixed)).toBe(one);
    expect((await home.api.check(fixed)).allocation).toMatchObject({ project_path: one });
    await stop(one);
  });

  const bound = (path: string) =>
    waitFor(
      async () =>
        (await home.api.list()).allocations.find(
          ({ state, project_path, service_name }) =>
            state === 'bound' && project_path === path && service_name === 'web',
        ),
      20_000,
      `web of ${path}`,
    );

  test('has what runs at terminals go on there, each at the right port, and tells both', async () => {
    const fixed = home.ports.first + 23;
    const [one, two] = projects(fixed);
    const runs = [home.start(['run', 'web'], { cwd: one })];
    expect((await bound(one)).port).toBe(fixed);
    runs.push(home.start(['up', 'web'], { cwd: two }));
    const { port: ofTwo } = await bound(two);
    const ofOne = (await change(two)).other?.port ?? 0;
    const wrappers = async () => Promise.all([one, two].map(async (tree) => (await bound(tree)).holder.pid));
    const before = await wrappers();
    for (const [tree, other, aside] of [
      [one, two, ofTwo],
      [two, one, ofOne],
      [one, two, ofTwo],
    ] as const) {
      expect(await change(tree)).toMatchObject({ port: fixed, other: { project_path: other, port: aside } });
      expect([await says(fixed), await says(aside)]).toEqual([tree, other]);
    }
    expect(await wrappers()).toEqual(before);
    expect(runs[0]?.stderr()).toContain(
      `${two} takes this port (styxy switch); starting the command again on ${ofOne}`,
    );
    expect(runs[1]?.stdout()).toContain(
      `${one} takes this port (styxy switch); starting the command again on ${ofTwo}`,
    );
    for (const run of runs) run.process.kill('SIGINT');
    for (const run of runs) await run.finished();
    expect((await home.api.list()).allocations).toEqual([]);
  });

  test('ends nothing of what holds the port and takes no orders', async () => {
    const fixed = home.ports.first + 25;
    const [one, two] = projects(fixed);
    const lease = ['allocate', '--type', 'dev', '--name', 'web', '--pid', String(process.pid)];
    expect(await home.cli([...lease, '--port', String(fixed)], { cwd: one })).toMatchObject({
      code: 0,
      stdout: `${fixed}\n`,
    });
    const refused = await home.cli(['switch', 'web'], { cwd: two });
    expectError(refused, 64, 'USAGE');
    expect(refused.stderr).not.toContain('again:');
    expect((await home.api.check(fixed)).allocation).toMatchObject({ project_path: one });
    await home.cli(['release', String(fixed)]);
  });

  test('needs a port that the configuration names', async () => {
    const [one] = projects(undefined);
    const exit = await home.cli(['switch', 'web'], { cwd: one });
    expectError(exit, 64, 'USAGE');
    expect(exit.stderr).toContain('"prefer": 3000');
  });
});
