import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Allocation } from '../../../src/protocol/answers/allocation.ts';
import { expectError } from '../../support/complaints.ts';
import { styxyHome, type Running } from '../../support/home.ts';
import { startOutsider } from '../../support/outsider.ts';
import { waitFor } from '../../support/processes.ts';

describe('a port that a program has hard-coded', () => {
  const home = styxyHome();

  /** `api.js` listens on the port, `web.js` on PORT, and asks it. */
  function makePackage(name: string, port: number, script = 'node api.js'): string {
    const folder = join(home.place, name);
    mkdirSync(folder, { recursive: true });
    const files = {
      'package.json': JSON.stringify({ scripts: { dev: script } }),
      'api.js': `require('fs').writeFileSync('started', '');
require('http').createServer((_, answer) => answer.end('api of ${name}')).listen(${port}, '127.0.0.1');`,
      'web.js': `require('http').createServer(async (_, answer) => {
  const said = await fetch('http://127.0.0.1:${port}').then((each) => each.text(), (error) => String(error.cause));
  answer.end('web: ' + said);
}).listen(process.env.PORT, '127.0.0.1');`,
    };
    for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
    return folder;
  }

  const boundIn = (project: string, run: Running, count = 1): Promise<Allocation[]> =>
    waitFor(
      async () => {
        const { allocations } = await home.api.list().catch(() => ({ allocations: [] as Allocation[] }));
        const own = allocations.filter(({ project_path: path }) => path === project);
        return own.length === count && own.every(({ state }) => state === 'bound') ? own : undefined;
      },
      20_000,
      () => `${count} on their leases: ${run.stdout()} ${run.stderr()}`,
    );

  test('is its lease; taken, the run fails before anything is started, and says by whom and what to do', async () => {
    const port = home.ports.last - 11;
    const cwd = makePackage('fixed', port);
    const outsider = await startOutsider(port, '127.0.0.1');
    const refused = await home.cli(['run', '--', 'npm', 'run', 'dev'], { cwd });
    expectError(refused, 75, 'PORT_TAKEN');
    expect(refused.stderr).toContain(`port ${port} is taken, and dev can have no other`);
    expect(refused.stderr).toContain(`(pid ${outsider.pid}`);
    expect(refused.stderr).toContain('hard-coded');
    expect(refused.stderr).toContain('styxy run --remap');
    expect(existsSync(join(cwd, 'started'))).toBe(false);
    expect((await home.api.list()).allocations).toEqual([]);
    const dry = await home.cli(['run', '--dry-run', '--', 'npm', 'run', 'dev'], { cwd });
    expect(dry.stdout.split('\n')[0]).toContain(`this would be refused: port ${port} is taken`);
    const asJson = await home.cli(['run', '--dry-run', '--json', '--', 'npm', 'run', 'dev'], { cwd });
    expect(JSON.parse(asJson.stdout)).toMatchObject({ refused: { code: 'PORT_TAKEN' } });
    expect([dry.code, asJson.code]).toEqual([75, 75]);
    await outsider.end();
    const run = home.start(['run', '--', 'npm', 'run', 'dev'], { cwd });
    expect((await boundIn(cwd, run))[0]).toMatchObject({ port });
    run.process.kill('SIGTERM');
    await run.finished();
  });

  test('is exchanged with --remap, where it listens and where others connect to it, twice at once', async () => {
    const port = home.ports.last - 13;
    const script = 'node api.js & node web.js & wait';
    const folders = ['one', 'two'].map((name) => makePackage(name, port, script));
    const outsider = await startOutsider(port, '127.0.0.1');
    const runs = folders.map((cwd) => home.start(['run', '--remap', '--', 'npm', 'run', 'dev'], { cwd }));
    for (const [index, cwd] of folders.entries()) {
      const leases = await boundIn(cwd, runs[index]!, 2);
      expect(leases.map((lease) => lease.port)).not.toContain(port);
      const web = leases.find(({ service_name: name }) => name === 'web');
      const name = ['one', 'two'][index];
      expect(await (await fetch(web!.url)).text()).toBe(`web: api of ${name}`);
    }
    for (const run of runs) {
      run.process.kill('SIGTERM');
      await run.finished();
    }
    await outsider.end();
  });
});

describe('a hard-coded port of another type than the program', () => {
  const home = styxyHome({
    types: ({ first, last }) => ({
      dev: { port_range: [first, last - 2] },
      panel: { port_range: [last - 1, last] },
    }),
  });

  test('decides the type unless the program is known, and the dry run says so', async () => {
    const port = home.ports.last;
    writeFileSync(join(home.place, 'server.js'), `require('http').createServer().listen(${port});`);
    const { stdout } = await home.cli(['run', '--dry-run', '--', 'node', 'server.js']);
    expect(stdout).toContain(`(panel, since ${port} is one of its ports)`);
    const known = await home.cli(['run', '--dry-run', '--', 'vite', '--port', String(port)]);
    expect(known.stdout).toContain(`${port}  vite (dev): the port in the script`);
  });
});
