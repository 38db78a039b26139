import { execFile } from 'node:child_process';
import { lookup } from 'node:dns/promises';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Allocation } from '../../../src/protocol/answers/allocation.ts';
import { expectError } from '../../support/complaints.ts';
import { styxyHome } from '../../support/home.ts';
import { makeWorktrees } from '../../support/repository.ts';

/** Answers with the host it was asked for, and with the variables that name it and its sibling. */
const SERVER = `require('node:http').createServer(({ headers }, answer) => {
  const { STYXY_URL, STYXY_NAME_URL, WEB_NAME_URL, API_NAME_URL } = process.env;
  answer.end(JSON.stringify({ host: headers.host, STYXY_URL, STYXY_NAME_URL, WEB_NAME_URL, API_NAME_URL }));
}).listen(process.env.PORT);`;

describe('the host name of a service', () => {
  const home = styxyHome();
  beforeAll(async () => void (await home.cli(['daemon', 'start'])));
  afterEach(async () => {
    for (const { lock_id: id } of (await home.api.list()).allocations) await home.cli(['stop', id]);
  });

  function project(folder: string, config?: object): string {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: '@acme/shop' }));
    writeFileSync(join(folder, 'server.js'), SERVER);
    if (config) writeFileSync(join(folder, 'styxy.config.json'), JSON.stringify(config));
    return folder;
  }
  const start = (cwd: string, name: string, env = {}) =>
    home.json<Allocation>(
      ['run', '--detach', '--wait', '--json', '--name', name, '--', 'node', 'server.js'],
      { cwd, env },
    );
  /** curl looks no such name up: they are all this machine (RFC 6761). */
  const fetched = async (url: string | null): Promise<Record<string, string>> =>
    JSON.parse((await promisify(execFile)('curl', ['--silent', '--show-error', url ?? 'none'])).stdout);

  test('tells two worktrees and their services apart, and answers', async () => {
    const [one = '', two = ''] = makeWorktrees(home.place, 2).map((folder) => project(folder));
    const servers = [await start(one, 'web'), await start(two, 'web'), await start(two, 'api')];
    const hosts = servers.map(({ name_url: url }) => new URL(url ?? '').hostname);
    expect(hosts).toEqual([
      'shop--branch-0.localhost',
      'shop--branch-1.localhost',
      'api.shop--branch-1.localhost',
    ]);
    for (const [at, { name_url: url, port, url: plain }] of servers.entries()) {
      const answer = await fetched(url);
      expect(answer).toMatchObject({ host: `${hosts[at]}:${port}`, STYXY_NAME_URL: url, STYXY_URL: plain });
    }
    expect((await home.cli(['url', 'web', '--name'], { cwd: two })).stdout).toBe(`${servers[1]?.name_url}\n`);
    const whose = await home.cli(['whose', String(servers[1]?.port)]);
    expect(whose.stdout).toMatch(/^name +shop--branch-1\.localhost:\d+$/m);
  });

  test('is the same after a restart of the daemon, in whatever order services start', async () => {
    const folder = project(join(home.place, 'again'));
    const before = [await start(folder, 'web'), await start(folder, 'api')];
    for (const { lock_id: id } of before) await home.cli(['stop', id]);
    await home.cli(['daemon', 'restart']);
    const after = [await start(folder, 'api'), await start(folder, 'web')];
    expect(after.map(({ name_url: url }) => url)).toEqual(
      before.toReversed().map(({ name_url: url }) => url),
    );
  });

  test('of a project that names its services is known to each of them before the others run', async () => {
    const command = 'node server.js';
    const services = { web: { command }, api: { command }, db: { type: 'database', command } };
    const folder = project(join(home.place, 'named'), { services });
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'named' }));
    const web = await home.json<Allocation>(['run', 'web', '--detach', '--wait', '--json'], { cwd: folder });
    expect(web.name_url).toBe(`http://web.named.localhost:${web.port}`);
    const { API_NAME_URL: told } = await fetched(web.name_url);
    const api = await home.json<Allocation>(['run', 'api', '--detach', '--wait', '--json'], { cwd: folder });
    expect(api.name_url).toBe(told);
    const { stdout } = await home.cli(['env'], { cwd: folder });
    expect(stdout).toContain(`WEB_NAME_URL=${web.url.replace('localhost', 'web.named.localhost')}\n`);
    expect(stdout).not.toContain('DB_NAME_URL');
  });

  test('is not there for what does not speak HTTP, nor where nobody wants it', async () => {
    const wanted = project(join(home.place, 'wanted'));
    const type = ['--type', 'redis', '--name', 'cache', '--ttl', '1m', '--json'];
    expect(await home.json(['allocate', ...type], { cwd: wanted })).toMatchObject({ name_url: null });
    const off = await start(wanted, 'off', { STYXY_NAMES: '0', STYXY_NAME_URL: 'http://outer.localhost:1' });
    expect(off.name_url).toBeNull();
    expect(await fetched(off.url)).toMatchObject({ STYXY_NAME_URL: '' });
    expectError(await home.cli(['url', 'off', '--name'], { cwd: wanted }), 1, 'NO_NAME');
    const unwanted = project(join(home.place, 'unwanted'), { names: false });
    expect((await start(unwanted, 'web')).name_url).toBeNull();
  });

  test('is off for all by "names": false of the user', async () => {
    const file = join(home.path, 'config.json');
    const before = readFileSync(file, 'utf8');
    const folder = project(join(home.place, 'user'));
    try {
      writeFileSync(file, JSON.stringify({ ...JSON.parse(before), names: false }));
      await home.cli(['daemon', 'restart']);
      expect((await start(folder, 'web')).name_url).toBeNull();
    } finally {
      writeFileSync(file, before);
      await home.cli(['daemon', 'restart']);
    }
  });

  test('is found by Node where the system knows such names', async () => {
    const { name_url: url } = await start(project(join(home.place, 'node')), 'web');
    const isKnown = await lookup(new URL(url ?? '').hostname).then(
      () => true,
      () => false,
    );
    const answers = await fetch(url ?? '').then(
      ({ ok }) => ok,
      () => false,
    );
    expect(answers).toBe(isKnown);
  });
});
