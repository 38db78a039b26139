import { readlinkSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { styxyHome, type Running } from '../../support/home.ts';
import { waitFor } from '../../support/processes.ts';
import { portServer, serverOf, type ServerSelf } from '../../support/port-server.ts';
import { makeWorktrees } from '../../support/repository.ts';
import { allocationShape, ISO, listenerShape } from '../../support/shapes.ts';

describe.skipIf(process.platform !== 'linux')('what the commands answer', () => {
  const home = styxyHome();
  const live = {} as { tree: string; run: Running; self: ServerSelf; outsider: Server; outside: number };

  beforeAll(async () => {
    const [tree = ''] = makeWorktrees(home.place, 1);
    const options = ['--name', 'web', '--instance', 'session-1'];
    const run = home.start(['run', ...options, '--', process.execPath, portServer], { cwd: tree });
    const self = await serverOf(run);
    const outside = home.ports.last;
    const outsider = createServer();
    await new Promise<void>((resolve) => outsider.listen(outside, '127.0.0.1', resolve));
    Object.assign(live, { tree, run, self, outsider, outside });
    await waitFor(async () => (await home.api.list()).allocations[0]?.state === 'bound', 10_000);
  });

  afterAll(async () => {
    live.outsider.close();
    live.run.process.kill('SIGTERM');
    await live.run.finished();
  });

  const cli = (...args: string[]) => home.cli(args, { cwd: live.tree });
  const json = (...args: string[]) => home.json<unknown>(args, { cwd: live.tree });
  const bound = () => ({
    ...allocationShape,
    port: live.self.port,
    lock_id: live.self.lockId,
    service_type: 'dev',
    service_name: 'web',
    state: 'bound',
    project_path: live.tree,
    branch: 'branch-0',
    instance_id: 'session-1',
    holder: {
      kind: 'connection',
      pid: live.run.pid,
      pid_namespace: readlinkSync('/proc/self/ns/pid'),
    },
    reason: { code: 'first_free', text: 'the first free port of dev' },
    process_id: live.self.pid,
    command: expect.stringContaining('port-server.mjs'),
    listeners: [expect.objectContaining({ ...listenerShape, port: live.self.port, pid: live.self.pid })],
    url: `http://localhost:${live.self.port}`,
  });

  test('`list`: a table for people, everything for programs', async () => {
    const exit = await cli('list');
    expect(exit.code, exit.story).toBe(0);
    const [headings, row, ...more] = exit.stdout.trimEnd().split('\n');
    expect(headings).toBe(headings?.trimEnd());
    expect(headings?.split(/ {2,}/)).toEqual([
      'PORT',
      'SERVICE',
      'TYPE',
      'STATE',
      'PROJECT',
      'BRANCH',
      'INSTANCE',
      'AGE',
      'COMMAND',
    ]);
    expect(row?.split(/ {2,}/).slice(0, 6)).toEqual([
      String(live.self.port),
      'web',
      'dev',
      'listening',
      live.tree.replace(home.place, '~'),
      'branch-0',
    ]);
    expect(row?.indexOf('web')).toBe(headings?.indexOf('SERVICE'));
    expect(more).toEqual([]);
    // The machine may have others, on the ports of other types.
    expect(exit.stderr).toMatch(
      /^\d+ more (?:was|were) not started by Styxy \(.*\): styxy list --external\n$/,
    );
    expect(exit.stderr).toMatch(new RegExp(`\\b${live.outside}\\b`));
    expect(exit.stdout).not.toContain('\u001B');

    expect(await json('list')).toMatchObject({
      allocations: [expect.objectContaining(bound())],
      external: expect.arrayContaining([
        expect.objectContaining({
          port: live.outside,
          address: '127.0.0.1',
          pid: process.pid,
          service_type: 'dev',
          command: expect.any(String),
          cwd: expect.any(String),
          user: expect.any(String),
        }),
      ]),
    });
    expect(await json('list', '--project', home.place)).toMatchObject({ allocations: [] });
    expect(await json('list', '--project', live.tree)).toMatchObject({ allocations: [bound()] });
    expect(await json('list', '--type', 'api')).toMatchObject({ allocations: [] });
  });

  test('`check`: free is exit code 0, taken is 1 and says by whom', async () => {
    const free = await cli('check', String(home.ports.last - 1));
    expect(free).toMatchObject({ code: 0, stdout: `${home.ports.last - 1} is free\n`, stderr: '' });
    expect(await json('check', String(home.ports.last - 1))).toMatchObject({
      port: home.ports.last - 1,
      available: true,
      allocation: null,
      listener: null,
      reason: 'free',
    });
    const leased = await cli('check', String(live.self.port));
    expect(leased).toMatchObject({ code: 1, stderr: '' });
    expect(leased.stdout).toBe(`${live.self.port} is taken: leased to "web" in ${live.tree}\n`);
    expect(JSON.parse((await cli('check', String(live.self.port), '--json')).stdout)).toMatchObject({
      port: live.self.port,
      available: false,
      reason: expect.stringContaining('web'),
      allocation: expect.objectContaining(bound()),
      listener: expect.objectContaining({ ...listenerShape, pid: live.self.pid }),
    });
  });

  test('`suggest`: as many free ports as were asked for', async () => {
    const exit = await cli('suggest', 'dev', '--count', '3');
    expect(exit.stdout).toMatch(/^(\d+\n){3}$/);
    const answer = (await json('suggest', '--count', '3')) as { suggestions: number[] };
    expect(answer).toMatchObject({ service_type: 'dev', suggestions: expect.any(Array) });
    expect(new Set(answer.suggestions).size).toBe(3);
    expect(answer.suggestions).not.toContain(live.self.port);
    expect(answer.suggestions).not.toContain(live.outside);
  });

  test('`whose`: worktree, branch, service, instance, command and since when', async () => {
    const exit = await cli('whose', String(live.self.port));
    expect(exit.code, exit.story).toBe(0);
    for (const fact of [
      live.tree,
      'branch-0',
      'web',
      'session-1',
      'port-server.mjs',
      String(live.self.pid),
    ]) {
      expect(exit.stdout).toContain(fact);
    }
    expect(exit.stdout).toMatch(/^since +\d{4}-\S+Z \(\d+s ago\)$/m);
    expect(await json('whose', String(live.self.port))).toMatchObject({
      port: live.self.port,
      allocation: expect.objectContaining(bound()),
      listener: expect.objectContaining(listenerShape),
      project_path: live.tree,
      branch: 'branch-0',
      instance_id: 'session-1',
      command: expect.stringContaining('port-server.mjs'),
      since: expect.stringMatching(ISO),
    });
    expect(await json('whose', String(live.outside))).toMatchObject({
      port: live.outside,
      allocation: null,
      listener: { pid: process.pid },
      since: expect.stringMatching(ISO),
      project_path: expect.any(String),
    });
    const nobody = await cli('whose', String(home.ports.last - 1));
    expect(nobody).toMatchObject({ code: 1, stdout: `${home.ports.last - 1} is nobody's: it is free\n` });
  });

  test('`status` and `daemon status`: who runs, since when, how busy', async () => {
    for (const words of [['status'], ['daemon', 'status']]) {
      const exit = await cli(...words);
      expect(exit.code, exit.story).toBe(0);
      expect(exit.stdout).toMatch(/^daemon +running for \d+s \(pid \d+, version \d+\.\d+\.\d+\)$/m);
      expect(exit.stdout).toMatch(/^leases +1$/m);
      expect(exit.stdout).toMatch(/^address +socket only$/m);
      expect(await json(...words)).toMatchObject({
        running: true,
        pid: home.daemon()?.pid,
        version: expect.stringMatching(/^\d+\.\d+\.\d+/),
        protocol: 1,
        uptime_ms: expect.any(Number),
        http_port: null,
        allocations: 1,
        instances: 0,
        memory: { rss: expect.any(Number), heap_used: expect.any(Number) },
      });
    }
  });

  test('`url`, `env` and `wait`: where the services of this worktree are', async () => {
    const url = `http://localhost:${live.self.port}`;
    expect(await cli('url')).toMatchObject({ code: 0, stdout: `${url}\n`, stderr: '' });
    expect(await cli('url', 'web')).toMatchObject({ code: 0, stdout: `${url}\n` });
    expect(await json('url', 'web')).toMatchObject({ port: live.self.port, url });
    const nameUrl = `http://repository--branch-0.localhost:${live.self.port}`;
    const variables = { WEB_NAME_URL: nameUrl, WEB_PORT: String(live.self.port), WEB_URL: url };
    expect(await cli('env')).toMatchObject({
      code: 0,
      stdout: `WEB_NAME_URL=${nameUrl}\nWEB_PORT=${live.self.port}\nWEB_URL=${url}\n`,
    });
    expect((await cli('env', '--format', 'shell')).stdout).toBe(
      [
        `export WEB_NAME_URL=${nameUrl}`,
        `export WEB_PORT=${live.self.port}`,
        `export WEB_URL=${url}`,
        `export STYXY_VARIABLES='WEB_NAME_URL WEB_PORT WEB_URL'\n`,
      ].join('\n'),
    );
    expect(await json('env')).toEqual(variables);
    expect(await cli('wait', 'web')).toMatchObject({ code: 0, stdout: `${url}\n`, stderr: '' });
    expect(await cli('wait', String(live.self.port))).toMatchObject({ code: 0, stdout: `${url}\n` });
    expect(await json('wait', 'web')).toMatchObject({ port: live.self.port, url });
  });

  test('`wait` for a service that starts later', async () => {
    const waiting = home.start(['wait', 'late', '--timeout', '30s'], { cwd: live.tree });
    const late = home.start(['run', '--name', 'late', '--', process.execPath, portServer], {
      cwd: live.tree,
    });
    const exit = await waiting.finished();
    expect(exit.stdout, exit.story).toBe(`http://localhost:${(await serverOf(late)).port}\n`);
    late.process.kill('SIGTERM');
    await late.finished();
  });
});
