import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { styxyHome } from '../../support/home.ts';
import { waitFor } from '../../support/processes.ts';

const home = styxyHome();
const SERVER = `require('http').createServer((_, answer) => answer.end()).listen(process.env.PORT,
  () => console.log('I am', process.env.STYXY_SERVICE));`;

/** One command with the servers `dev` and `two`. */
function makeProject(name: string): string {
  const cwd = join(home.place, name);
  mkdirSync(cwd, { recursive: true });
  for (const file of ['one.js', 'two.js']) writeFileSync(join(cwd, file), SERVER);
  const scripts = { dev: 'node one.js & node two.js & wait' };
  writeFileSync(join(cwd, 'package.json'), JSON.stringify({ scripts }));
  return cwd;
}

test('each of several services in the background has the log of the run, and is started again with it', async () => {
  const cwd = makeProject('both');
  const serving = () =>
    waitFor(async () => {
      const { allocations } = await home.api.list();
      const all = allocations.filter(({ state, project_path: path }) => state === 'bound' && path === cwd);
      const ports = Object.fromEntries(all.map(({ service_name: name, port }) => [name, port]));
      return all.length === 2 ? { leases: all, ports, pid: all[0]!.holder.pid } : undefined;
    });
  const start = await home.cli(['run', '--detach', '--', 'npm', 'run', 'dev'], { cwd });
  const first = await serving();
  const { dev, two } = first.ports;
  expect(start.stderr).toMatch(
    new RegExp(`dev on ${dev} and two on ${two} run in the background .* styxy stop dev two ends them\n$`),
  );
  for (const name of ['dev', 'two']) {
    const logs = await waitFor(async () => {
      const { stdout } = await home.cli(['logs', name], { cwd });
      return stdout.includes('I am dev\n') && stdout.includes('I am two\n');
    });
    expect(logs).toBe(true);
    // So has the dashboard, which asks the daemon.
    const { lock_id: id } = first.leases.find(({ service_name: each }) => each === name)!;
    expect((await home.api.log(id)).lines).toEqual(expect.arrayContaining(['I am dev', 'I am two']));
  }
  const again = await home.cli(['restart', 'two', '--wait'], { cwd });
  expect(again, again.story).toMatchObject({ code: 0, stdout: `http://localhost:${two}\n` });
  expect(again.stderr).toContain(`dev (port ${dev}) is of the same run, and starts again with it\n`);
  const second = await serving();
  expect(second.ports).toEqual(first.ports);
  expect(second.pid).not.toBe(first.pid);
  expect((await home.cli(['stop', 'dev'], { cwd })).stderr).toBe(`stopped dev (port ${dev})\n`);
  const third = await home.cli(['restart', 'two'], { cwd });
  expect(third.code, third.story).toBe(0);
  expect((await serving()).ports).toEqual(first.ports);
  expect((await home.cli(['stop', 'dev', 'two'], { cwd })).code).toBe(0);
  expect((await home.cli(['logs', 'two'], { cwd })).stdout).toContain('I am two\n');
});
