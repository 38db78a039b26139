import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Allocation } from '../../../src/protocol/answers/allocation.ts';
import { styxyHome } from '../../support/home.ts';
import { unprintableIn } from '../../support/printable.ts';
import { usually } from '../../support/runs.ts';

const SERVER = `require('node:http').createServer((_, answer) => answer.end('up')).listen(process.env.PORT);`;

const NAMES = [
  ['a tab', 'tab\tshop'],
  ['a line break', 'line\nshop'],
  ['a carriage return', 'return\rshop'],
  ['an escape sequence', 'esc\u001b[2Jshop'],
] as const;

describe.each(usually(NAMES, (_, at) => at % 2 === 1))('a project with %s in its name', (_, name) => {
  const home = styxyHome();
  const made = { here: '', other: '' };

  beforeAll(async () => {
    const folder = (each: string): string => {
      const path = join(realpathSync(home.place), each);
      mkdirSync(path);
      writeFileSync(join(path, 'package.json'), '{"name": "shop"}');
      writeFileSync(join(path, 'server.js'), SERVER);
      return path;
    };
    Object.assign(made, { here: folder(name), other: folder('other') });
    await home.cli(['daemon', 'start']);
  });

  const detached = ['run', '--detach', '--wait', '--name', 'web', '--', 'node', 'server.js'];
  const start = (cwd: string) => home.json<Allocation & { existing: boolean }>(detached, { cwd });
  const projects = async () =>
    (await home.api.list()).allocations.map(({ project_path: path }) => path).toSorted();

  test('has services of its own, and ends nobody else’s', async () => {
    const { here, other } = made;
    const theirs = await start(other);
    // Nothing is there that would be theirs.
    expect((await home.cli(['stop', 'web'], { cwd: here })).code).not.toBe(0);
    const replaced = await home.cli(['run', '--if-running', 'replace', ...detached.slice(1)], { cwd: here });
    expect(replaced.code, replaced.story).toBe(0);
    expect(unprintableIn(replaced.stdout + replaced.stderr)).toEqual([]);
    expect(await projects()).toEqual([here, other].toSorted());

    expect(await start(here)).toMatchObject({ existing: true, project_path: here });
    const listed = await home.json<{ allocations: Allocation[] }>(['list', '--project', '.'], { cwd: here });
    expect(listed.allocations).toMatchObject([{ project_path: here }]);
    const shown = await home.cli(['list'], { cwd: here });
    expect(unprintableIn(shown.stdout + shown.stderr)).toEqual([]);
    const env = await home.json<{ variables?: object }>(['env'], { cwd: here });
    expect(JSON.stringify(env)).toContain(String(listed.allocations[0]?.port));

    const stopped = await home.cli(['stop', 'web'], { cwd: here });
    expect(stopped.code, stopped.story).toBe(0);
    expect(await projects()).toEqual([other]);
    for (const end of [['stop', '--all', '--yes'], ['down']]) {
      await start(here);
      const ended = await home.cli(end, { cwd: here });
      expect(ended.code, ended.story).toBe(0);
      expect(unprintableIn(ended.stdout + ended.stderr)).toEqual([]);
      expect(await projects()).toContain(other);
    }
    expect((await home.api.list()).allocations.map(({ lock_id: id }) => id)).toContain(theirs.lock_id);
  });
});
