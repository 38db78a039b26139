import { rmSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import type { ForgetAnswer, RememberedAnswer } from '../../../src/protocol/answers/remembered.ts';
import { BIN, styxyHome } from '../../support/home.ts';
import { portServer, serverOf } from '../../support/port-server.ts';
import { waitFor } from '../../support/processes.ts';
import { openTerminal } from '../../support/pty.ts';
import { makeWorktrees } from '../../support/repository.ts';

describe('the ports of services that do not run', () => {
  const home = styxyHome();
  const remembered = async () =>
    (await home.json<RememberedAnswer>(['list', '--remembered'])).remembered.toReversed();
  const forget = (args: readonly string[] = [], cwd = home.place) =>
    home.json<ForgetAnswer>(['forget', ...args], { cwd });

  afterEach(() => forget(['--all']));

  async function serve(name: string, cwd = home.place): Promise<number> {
    const run = home.start(['run', '--name', name, '--', process.execPath, portServer], { cwd });
    const { port } = await serverOf(run);
    await waitFor(async () => (await home.api.check(port)).allocation?.state === 'bound', 10_000);
    run.process.kill('SIGTERM');
    await run.finished();
    await waitFor(async () => (await home.api.check(port)).allocation === null, 5000);
    return port;
  }

  test('are kept only for what has listened: no build, no command that failed, no typo', async () => {
    const port = await serve('web');
    for (const command of [['-e', '0'], ['-e', 'process.exit(3)'], ['no-such-file.js']])
      await home.cli(['run', '--', process.execPath, ...command]);
    await home.cli(['run', '--', 'no-such-program']);
    await home.json(['allocate', '--type', 'dev', '--name', 'never', '--ttl', '1m']);
    expect(await remembered()).toMatchObject([
      { service_name: 'web', service_type: 'dev', project_path: home.place, ports: [port], live: false },
    ]);
    expect((await home.cli(['check', String(port)])).stdout).toBe(
      `${port} is free, and kept for web (dev, ~)\n`,
    );
    expect((await home.cli(['whose', String(port)])).stdout).toBe(
      `${port} is free, and kept for web (dev, ~)\n`,
    );
    await home.cli(['daemon', 'restart']);
    expect(await remembered()).toMatchObject([{ service_name: 'web', ports: [port] }]);
    const { stdout } = await home.cli(['list', '--remembered']);
    expect(stdout).toMatch(
      new RegExp(`^PORT +ALSO +SERVICE +TYPE +PROJECT +LISTENED\n${port} +- +web +dev +~ +\\d+s ago\n$`),
    );
  });

  test('are forgotten service by service, worktree by worktree, or all together', async () => {
    const [one = '', two = ''] = makeWorktrees(home.place, 2);
    for (const name of ['web', 'api']) await serve(name, one);
    const ofTwo = await serve('web', two);
    expect((await forget(['web'], one)).forgotten).toMatchObject([
      { service_name: 'web', project_path: one },
    ]);
    expect((await remembered()).map((each) => [each.service_name, each.project_path])).toEqual([
      ['api', one],
      ['web', two],
    ]);
    const unknown = await home.cli(['forget', 'ap'], { cwd: one });
    expect([unknown.code, unknown.stderr]).toEqual([
      1,
      'no port is kept for a service "ap" in this worktree: did you mean "api"?\n',
    ]);
    expect((await forget([], one)).forgotten).toMatchObject([{ service_name: 'api' }]);
    const all = await home.cli(['forget', '--all']);
    expect([all.code, all.stderr]).toEqual([0, `${ofTwo} is not kept for web any more\n`]);
    expect((await home.cli(['list', '--remembered'])).stderr).toBe(
      'No port is kept for a service that does not run.\n',
    );
    expect((await home.cli(['forget', 'web', '--all'])).code).toBe(64);
  });

  test.skipIf(process.platform === 'win32')(
    'are not forgotten everywhere at a terminal before somebody has agreed',
    async () => {
      await serve('web');
      const place = {
        environment: () => ({ env: home.env, survivors: () => [], gone: async () => undefined }),
        path: () => home.place,
      };
      const terminal = openTerminal(place, [process.execPath, BIN, 'forget', '--all']);
      await terminal.until(/of every worktree\? \[y\/N\] /);
      terminal.write('n\r');
      expect((await terminal.exited()).code).toBe(1);
      expect(await remembered()).toMatchObject([{ service_name: 'web' }]);
      expect((await forget(['--all', '--yes'])).forgotten).toMatchObject([{ service_name: 'web' }]);
    },
  );

  test('go with their worktree, and to whom they were kept from', async () => {
    const [one = '', two = ''] = makeWorktrees(home.place, 2);
    const first = await serve('web', one);
    const second = await serve('web', two);
    expect(second).not.toBe(first);
    rmSync(one, { recursive: true });
    expect(await remembered()).toMatchObject([{ project_path: two, ports: [second] }]);
  });
});
