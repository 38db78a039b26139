import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Allocation } from '../../../src/protocol/answers/allocation.ts';
import { expectError } from '../../support/complaints.ts';
import { startProgram, styxyHome } from '../../support/home.ts';
import { withLibrary } from '../../support/library.ts';
import { waitFor } from '../../support/processes.ts';

/** Runs what it is given as PID 1 that reaps nothing else, and prints what is left then. */
const NO_REAPER = `
const { execFile } = require('node:child_process');
const { readdirSync, readFileSync } = require('node:fs');
execFile(process.argv[2], process.argv.slice(3), (error) => {
  const others = readdirSync('/proc').filter((name) => /^\\d+$/.test(name) && name !== '1');
  const left = others.map((pid) => readFileSync('/proc/' + pid + '/comm', 'utf8').trim());
  console.log(JSON.stringify({ failed: error !== null, left }));
});
`;
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

  test.each([
    ['with a /proc of its own', ELSEWHERE],
    ['with the /proc around it', ELSEWHERE.filter((word) => word !== '--mount-proc')],
  ])('(%s) are known by no number, and end with their run, which `stop` asks', async (_, via) => {
    await home.cli(['daemon', 'start']);
    const command = ['sh', '-c', 'trap "echo asked; exit 0" TERM; echo ready; sleep 100 & wait'];
    const run = home.start(['run', '--name', 'boxed', '--', ...command], { via });
    const { holder, process_id, port } = await running('boxed');
    expect([holder.kind, holder.pid, process_id]).toEqual(['connection', undefined, null]);
    await waitFor(() => run.stdout() === 'ready\n', 20_000, run.stderr);
    const exit = await home.cli(['stop', 'boxed']);
    expect(exit.stderr).toBe(`stopped boxed (port ${port})\n`);
    const end = await run.finished();
    expect({ code: end.code, stdout: end.stdout }, end.story).toEqual({ code: 0, stdout: 'ready\nasked\n' });
    expect(end.stderr.match(/stopped by/g), end.story).toHaveLength(1);
    expect((await home.api.list()).allocations).toEqual([]);
  });

  test('are left alone where they take no orders, which is told', async () => {
    await home.cli(['daemon', 'start']);
    const script = withLibrary("await acquirePort({ name: 'library' }); setTimeout(() => {}, 100_000);");
    const words = [...ELSEWHERE, process.execPath, '--input-type=module', '--eval', script];
    const program = startProgram(words, { env: home.env, cwd: home.place });
    onTestFinished(() => void program.process.kill('SIGKILL'));
    const { port } = await running('library');
    const exit = await home.cli(['stop', 'library']);
    expect(exit.stderr).toBe(
      `released library (port ${port}); it runs in another pid namespace (a container, a sandbox), and was left alone\n`,
    );
    expect(program.process.exitCode).toBeNull();
  });

  test('signal none of ours by their numbers: the run is asked by its connection', async () => {
    const run = home.start(['run', '--name', 'ours', '--', 'sleep', '100']);
    const { port } = await running('ours');
    const exit = await home.cli(['stop', 'ours'], { via: ELSEWHERE });
    expect(exit.stderr).toBe(`stopped ours (port ${port})\n`);
    expect((await run.finished()).signal).toBe('SIGTERM');
  });

  test('can not be named as holders', async () => {
    await home.cli(['daemon', 'start']);
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

  test('are none after a run where PID 1 reaps none of them', async () => {
    await home.cli(['daemon', 'start']);
    const script = join(home.place, 'no-reaper.cjs');
    writeFileSync(script, NO_REAPER);
    const exit = await home.cli(['run', '--', 'sleep', '1'], {
      via: [...ELSEWHERE, process.execPath, script],
    });
    expect(JSON.parse(exit.stdout), exit.story).toEqual({ failed: false, left: [] });
  });
});
