import { execFileSync } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
  chmodSync,
  existsSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Allocation } from '../../../src/protocol/answers/allocation.ts';
import { expectError } from '../../support/complaints.ts';
import { styxyHome } from '../../support/home.ts';
import { startOutsider } from '../../support/outsider.ts';

describe('styxy env --write', () => {
  const home = styxyHome();
  beforeAll(async () => void (await home.cli(['daemon', 'start'])));

  /** A project with two services, in a repository of its own. */
  function project(name: string): string {
    const folder = join(home.place, name);
    mkdirSync(folder);
    const command = `${process.execPath} -e "require('http').createServer().listen(process.env.PORT)"`;
    const services = { web: { command }, api: { command } };
    writeFileSync(join(folder, 'styxy.config.json'), JSON.stringify({ services }));
    git(folder, 'init', '--quiet');
    return folder;
  }
  const git = (cwd: string, ...args: string[]) => execFileSync('git', args, { cwd, env: home.env });
  const read = (folder: string, file = '.env.local') => readFileSync(join(folder, file), 'utf8');
  const portIn = (text: string, name: string) =>
    Number(new RegExp(`^${name}_PORT=(\\d+)$`, 'm').exec(text)?.[1]);
  const env = (cwd: string, ...args: string[]) => home.cli(['env', ...args], { cwd });

  test('writes what the services will have, once, and touches nothing else', async () => {
    const folder = project('once');
    writeFileSync(join(folder, '.env.local'), 'SECRET=1\n# mine', { mode: 0o600 });
    chmodSync(join(folder, '.env.local'), 0o600);
    expect((await env(folder, '--check')).code).toBe(1);
    expect(read(folder)).toBe('SECRET=1\n# mine');
    const exit = await env(folder, '--write');
    expect(exit.code, exit.story).toBe(0);
    expect(exit.stderr).toContain('git does not ignore');
    const text = read(folder);
    expect(text).toMatch(/^SECRET=1\n# mine\n# styxy: begin/);
    expect(text).toContain(`WEB_URL=http://localhost:${portIn(text, 'WEB')}\n`);
    expect(text).toContain(`API_NAME_URL=http://api.once.localhost:${portIn(text, 'API')}\n`);
    expect(statSync(join(folder, '.env.local')).mode & 0o777).toBe(0o600);
    expect((await env(folder, '--check')).code).toBe(0);
    const { ino } = statSync(join(folder, '.env.local'));
    await env(folder, '--write');
    expect(statSync(join(folder, '.env.local')).ino).toBe(ino);
    expect(existsSync(join(folder, '.env.local.new'))).toBe(false);
  });

  test('without a service writes nothing, and says why', async () => {
    const folder = join(home.place, 'nothing');
    mkdirSync(folder);
    const exit = await env(folder, '--write');
    expect(exit).toMatchObject({ code: 0, stderr: 'no service of this worktree is running or configured\n' });
    expect(existsSync(join(folder, '.env.local'))).toBe(false);
  });

  test('the port in the file is the one that the service gets, whatever else asks for one before', async () => {
    const folder = project('promised');
    await env(folder, '--write');
    const text = read(folder);
    await home.json(['allocate', '--type', 'dev', '--name', 'other', '--ttl', '5m', '--json']);
    await home.cli(['daemon', 'restart']);
    const [api, web] = [await start(folder, 'api'), await start(folder, 'web')];
    expect([web.port, api.port]).toEqual([portIn(text, 'WEB'), portIn(text, 'API')]);
    // Running or not, in whatever order: the file is up to date.
    expect((await env(folder, '--check')).code).toBe(0);
    await home.cli(['stop', 'api', 'web'], { cwd: folder });
    expect((await env(folder, '--check')).code).toBe(0);
  });

  test('when an outsider has taken that port, the start says so and the check fails', async () => {
    const folder = project('outsider');
    await env(folder, '--write');
    const promised = portIn(read(folder), 'WEB');
    const outsider = await startOutsider(promised, '127.0.0.1');
    const web = await start(folder, 'web');
    expect(web.port).not.toBe(promised);
    expect(web.reason).toMatchObject({ instead_of: promised });
    expect((await env(folder, '--check')).code).toBe(1);
    await home.cli(['stop', 'web'], { cwd: folder });
    await outsider.end();
  });

  test('leaves a file that git tracks alone, also behind a link, until it is told to', async () => {
    const folder = project('tracked');
    writeFileSync(join(folder, '.env'), 'A=1\n');
    git(folder, 'add', '.env');
    symlinkSync('.env', join(folder, '.env.link'));
    for (const file of ['.env', '.env.link']) {
      const exit = await env(folder, '--write', file);
      expectError(exit, 1, 'FILE_TRACKED');
      expect(exit.stderr).toContain(join(folder, '.env'));
    }
    expect(read(folder, '.env')).toBe('A=1\n');
    expect((await env(folder, '--write', '.env', '--force')).code).toBe(0);
    expect(read(folder, '.env')).toContain('WEB_PORT=');
    const again = await env(folder, '--write', '.env');
    expect(again.stderr).toContain('git rm --cached');
    expect(again.stderr).not.toContain('does not ignore');
  });

  test('keeps the bytes of a file in another encoding', async () => {
    const folder = project('bytes');
    const file = join(folder, '.env.local');
    const own = Buffer.from('NAME=caf\xe9\n', 'latin1');
    writeFileSync(file, own);
    expect((await env(folder, '--write')).code).toBe(0);
    expect(readFileSync(file).subarray(0, own.length)).toEqual(own);
    expect((await env(folder, '--check')).code).toBe(0);
  });

  test('writes through a link whose file is not there yet', async () => {
    const folder = project('dangling');
    symlinkSync('shared.env', join(folder, '.env.local'));
    expect((await env(folder, '--write')).code).toBe(0);
    expect(lstatSync(join(folder, '.env.local')).isSymbolicLink()).toBe(true);
    expect(read(folder, 'shared.env')).toContain('WEB_PORT=');
  });

  test('leaves a read-only file alone until it is told to', async () => {
    const folder = project('read-only');
    const file = join(folder, '.env.local');
    writeFileSync(file, 'A=1\n');
    chmodSync(file, 0o444);
    const exit = await env(folder, '--write');
    expectError(exit, 64, 'USAGE');
    expect(exit.stderr).toContain('is read-only');
    expect(read(folder)).toBe('A=1\n');
    expect((await env(folder, '--write', '--force')).code).toBe(0);
    expect(read(folder)).toContain('WEB_PORT=');
  });

  test('refuses what is no file', async () => {
    const folder = project('no-file');
    mkdirSync(join(folder, 'sub'));
    symlinkSync('circle', join(folder, 'circle'));
    for (const file of ['sub', '/dev/null', 'circle', 'styxy.config.json/env']) {
      const exit = await env(folder, '--write', file);
      expectError(exit, 64, 'USAGE');
      expect(exit.stderr).toContain('name a regular file');
    }
  });

  test('what git would start for a hostile repository is not started', async () => {
    const folder = project('hostile');
    const mark = join(home.place, 'started');
    git(folder, 'config', 'core.fsmonitor', `touch ${mark}; false`);
    await env(folder, '--write');
    expect(existsSync(mark)).toBe(false);
    // The trap itself works.
    git(folder, 'ls-files', '--others');
    execFileSync('git', ['status'], { cwd: folder, env: home.env });
    expect(existsSync(mark)).toBe(true);
  });

  const start = (cwd: string, name: string) =>
    home.json<Allocation>(['run', name, '--detach', '--wait', '--json'], { cwd });
});
