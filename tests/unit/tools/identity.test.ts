import { describe, expect, it } from 'vitest';
import { type Files, planPort, projectOf } from './support.ts';

const identity = (command: string, files: Files = {}, folder = '.') =>
  planPort(command.split(' '), { ...projectOf(files), here: { top: '/repo', folder } }).identity;

const dev = (name: string, text = 'vite') => ({ name, scripts: { dev: text, storybook: 'storybook dev' } });
const workspace = {
  'package.json': {
    workspaces: ['apps/*'],
    scripts: { dev: 'npm -ws run dev', api: 'npm -w apps/api run dev' },
  },
  'apps/web/package.json': dev('@acme/web'),
  'apps/api/package.json': dev('@acme/api', 'node server.js'),
};

describe('a service is the program of a package', () => {
  it.each([
    ['node web/server.js', '', 'web/server.js', 'web'],
    ['node api/server.js', '', 'api/server.js', 'api'],
    ['node src/server.js', '', 'src/server.js', 'server'],
    ['node --watch apps/web/dist/main.js', '', 'apps/web/dist/main.js', 'web'],
    ['node /repo/api/worker.mjs', '', 'api/worker.mjs', 'worker'],
    ['node /srv/other/server.js', '', '/srv/other/server.js', 'server'],
    ['python3 -m api.server', '', 'api/server', 'api'],
    ['python3 web/app.py', '', 'web/app.py', 'web'],
    ['go run ./cmd/api', '', 'cmd/api', 'api'],
    ['go run .', '', '.', 'app'],
    ['uv run flask run', '', 'flask', 'flask'],
    ['vite', '', 'vite', 'vite'],
    ['./bin/start', '', 'bin/start', 'start'],
  ])('%s', (command, folder, program, name) => {
    expect(identity(command)).toEqual({ folder, program, name });
  });

  it.each([
    ['make web', 'web'],
    ['make api', 'api'],
  ])('task files name what they run: %s', (command, name) => {
    const files = { Makefile: 'web:\n\tnode web/server.js\napi:\n\tnode api/server.js\n' };
    expect(identity(command, files)).toEqual({ folder: '', program: name, name });
  });

  it('is the same from wherever it is started', () => {
    const api = { folder: 'apps/api', program: 'dev', name: 'api' };
    expect(identity('npm -w apps/api run dev', workspace)).toEqual(api);
    expect(identity('npm run api', workspace)).toEqual(api);
    const inside = {
      '../../package.json': workspace['package.json'],
      'package.json': workspace['apps/api/package.json'],
    };
    expect(identity('npm run dev', inside, 'apps/api')).toEqual(api);
  });

  it('has the name of its package in a workspace; other scripts of it add theirs', () => {
    const files = {
      '../../pnpm-workspace.yaml': 'packages:\n  - apps/*\n',
      'package.json': dev('@acme/web'),
    };
    expect(identity('pnpm dev', files, 'apps/web')).toEqual({
      folder: 'apps/web',
      program: 'dev',
      name: 'web',
    });
    expect(identity('pnpm storybook', files, 'apps/web').name).toBe('web-storybook');
    expect(identity('npx vite', files, 'apps/web').name).toBe('web-vite');
    expect(identity('pnpm --filter web dev', { ...workspace })).toMatchObject({
      folder: 'apps/web',
      name: 'web',
    });
  });

  it('has the name of its script where there is no workspace', () => {
    const files = { 'package.json': dev('@acme/web') };
    expect(identity('npm run dev', files, 'web')).toEqual({ folder: 'web', program: 'dev', name: 'dev' });
    expect(identity('npm run dev', files)).toEqual({ folder: '', program: 'dev', name: 'dev' });
  });

  it('is the command of its own where that starts one server among programs of several packages', () => {
    const files = { ...workspace, 'apps/api/package.json': dev('@acme/api', 'tsc --watch') };
    expect(identity('npm run dev', files)).toEqual({ folder: '', program: 'dev', name: 'dev' });
  });

  it.each<[string, string, Files, string[]]>([
    ['packages of a workspace', 'npm run dev', workspace, ['apps/web dev web', 'apps/api dev api']],
    [
      'one script: the first is called like it',
      'npm run dev',
      { 'package.json': dev('x', 'vite & node server.js') },
      [' dev dev', ' server.js server'],
    ],
    [
      'names of processes',
      'npm run dev',
      { 'package.json': dev('x', 'concurrently -n site,api "vite" "node server.js"') },
      [' site site', ' api api'],
    ],
    [
      'scripts of their own',
      'npm run all',
      { 'package.json': { scripts: { all: 'run-p web api', web: 'vite', api: 'node server.js' } } },
      [' web web', ' api api'],
    ],
    [
      'folders, where all scripts are called alike',
      'npm run all',
      {
        'package.json': { scripts: { all: 'npm --prefix a run dev & npm --prefix b run dev' } },
        'a/package.json': dev('one'),
        'b/package.json': dev('two'),
      },
      ['a dev a', 'b dev b'],
    ],
    [
      'one file twice',
      'npm run dev',
      { 'package.json': dev('x', 'node server.js 1 & node server.js 2 & node server.js 3') },
      [' dev dev', ' server.js server', ' server.js 2 server-2'],
    ],
  ])('has a name of its own among several: %s', (_what, command, files, expected) => {
    const { identity: own, more } = planPort(command.split(' '), projectOf(files));
    const all = [own, ...more.map((each) => each.identity)];
    expect(all.map(({ folder, program, name }) => `${folder} ${program} ${name}`)).toEqual(expected);
  });
});
