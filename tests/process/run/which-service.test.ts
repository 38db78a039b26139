import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { expectError } from '../../support/complaints.ts';
import { styxyHome } from '../../support/home.ts';

describe('services of one worktree', () => {
  const home = styxyHome();
  beforeAll(async () => void (await home.cli(['daemon', 'start'])));
  afterEach(async () => {
    for (const { lock_id: id } of (await home.api.list()).allocations) await home.cli(['stop', id]);
  });

  /** A folder whose files answer with the path they lie in. */
  function repository(name: string, files: Record<string, string | object>): string {
    const top = join(home.place, name);
    const all = { '.git/HEAD': 'ref: refs/heads/main\n', ...files };
    for (const [path, content] of Object.entries(all)) {
      mkdirSync(join(top, path, '..'), { recursive: true });
      writeFileSync(join(top, path), typeof content === 'string' ? content : JSON.stringify(content));
    }
    return top;
  }

  const server = (says: string): string =>
    `require('node:http').createServer((_, answer) => answer.end('${says}')).listen(process.env.PORT);`;

  const dev = (name: string) => ({ name, scripts: { dev: 'node server.js' } });

  /** @returns what answers at the address that was printed */
  async function start(cwd: string, ...command: string[]): Promise<{ says: string; url: string }> {
    const exit = await home.cli(['run', '--detach', '--wait', '--', ...command], { cwd });
    expect(exit.code, exit.story).toBe(0);
    return { url: exit.stdout.trim(), says: await (await fetch(exit.stdout.trim())).text() };
  }

  const names = async () =>
    (await home.api.list()).allocations.map(({ service_name: name }) => name).toSorted();

  test('scripts of the same name in two packages are two', async () => {
    const top = repository('two', {
      'web/package.json': dev('web'),
      'web/server.js': server('web'),
      'api/package.json': dev('api'),
      'api/server.js': server('api'),
    });
    const [web, api] = [join(top, 'web'), join(top, 'api')];
    const first = await start(web, 'npm', 'run', 'dev');
    const second = await start(api, 'npm', 'run', 'dev');
    expect([first.says, second.says]).toEqual(['web', 'api']);
    expect(await names()).toEqual(['api-dev', 'dev']);
    expect((await home.cli(['url', 'dev'], { cwd: web })).stdout.trim()).toBe(first.url);
    expect((await home.cli(['url', 'dev'], { cwd: api })).stdout.trim()).toBe(second.url);
    const unclear = await home.cli(['stop', 'dev'], { cwd: top });
    expectError(unclear, 64, 'USAGE');
    expect(unclear.stderr).toContain('dev (web, dev, port');
    expect(unclear.stderr).toContain('api-dev (api, dev, port');

    await home.cli(['stop', 'dev'], { cwd: api });
    await home.cli(['stop', 'dev'], { cwd: web });
    // In the other order, and through a daemon that has read all of it back.
    await home.cli(['daemon', 'restart']);
    expect(await start(api, 'npm', 'run', 'dev')).toEqual(second);
    expect(await start(web, 'npm', 'run', 'dev')).toEqual(first);
  });

  test('programs in two folders are two', async () => {
    const top = repository('programs', { 'web/server.js': server('web'), 'api/server.js': server('api') });
    expect((await start(top, 'node', 'web/server.js')).says).toBe('web');
    expect((await start(top, 'node', 'api/server.js')).says).toBe('api');
    expect((await start(join(top, 'web'), 'node', 'server.js')).says).toBe('web');
    expect(await names()).toEqual(['api', 'web']);
  });

  test('packages of a workspace are called by their short names, wherever they are started', async () => {
    const top = repository('workspace', {
      'package.json': { workspaces: ['apps/*'] },
      'apps/web/package.json': dev('@acme/web'),
      'apps/web/server.js': server('web'),
      'apps/api/package.json': dev('@acme/api'),
      'apps/api/server.js': server('api'),
    });
    const web = await start(top, 'npm', '-w', '@acme/web', 'run', 'dev');
    expect(web.says).toBe('web');
    expect((await start(top, 'npm', '-w', '@acme/api', 'run', 'dev')).says).toBe('api');
    expect(await start(join(top, 'apps/web'), 'npm', 'run', 'dev')).toEqual(web);
    expect(await names()).toEqual(['api', 'web']);
    expectError(await home.cli(['url', 'dev'], { cwd: top }), 64, 'USAGE');
    expect((await home.cli(['url', 'web'], { cwd: top })).stdout.trim()).toBe(web.url);
  });
});
