import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { styxyHome } from '../../support/home.ts';

const home = styxyHome();
/** In CI scripts are left to npm, which tells them where they are. */
const env = { CI: '' };

const SHOW = 'node show.cjs';
const SHOWN = `console.log(JSON.stringify({ env: process.env, cwd: process.cwd(), args: process.argv.slice(2) }))`;

interface Shown {
  env: Record<string, string>;
  cwd: string;
  args: string[];
}

function makePackage(name: string, content: object, files: Record<string, string> = {}): string {
  const folder = join(home.place, name);
  mkdirSync(join(folder, '.git'), { recursive: true });
  const all = {
    'show.cjs': SHOWN,
    'package.json': JSON.stringify(content),
    '.git/HEAD': 'ref: refs/heads/main\n',
    ...files,
  };
  for (const [file, text] of Object.entries(all)) {
    mkdirSync(join(folder, file, '..'), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  return folder;
}

async function shown(args: string[], cwd: string): Promise<Shown> {
  const exit = await home.cli(args, { cwd, env });
  expect(exit.code, exit.story).toBe(0);
  const line = exit.stdout.split('\n').find((each) => each.startsWith('{"env"'));
  return JSON.parse(line ?? '') as Shown;
}

const way = async (args: string[], cwd: string, more: Record<string, string> = {}) => {
  const exit = await home.cli(['run', '--dry-run', '--json', ...args], { cwd, env: { ...env, ...more } });
  expect(exit.code, exit.story).toBe(0);
  return (JSON.parse(exit.stdout) as { way?: { direct: boolean; because?: string } }).way;
};

/** What npm tells of its own settings, and what the two runs differ in anyway. */
const IS_OWN = /^(npm_config_(?!user_agent|local_prefix)|STYXY_|PORT$|WEB_|_$)/;
const told = ({ env: all }: Shown) =>
  Object.fromEntries(Object.entries(all).filter(([name]) => !IS_OWN.test(name)));

describe('a script that is named', () => {
  const content = {
    name: '@acme/shop',
    version: '1.2.3',
    config: { colour: 'red', deep: { list: ['a', 'b'], none: null, off: false } },
    engines: { node: '>=18' },
    bin: './tool.js',
    scripts: { dev: SHOW },
  };

  test('sees what it sees behind npm, but for the settings of npm itself', async () => {
    const cwd = makePackage('alike', content);
    const [direct, npm] = [
      await shown(['run', 'dev'], cwd),
      await shown(['run', '--', 'npm', 'run', 'dev'], cwd),
    ];
    expect(direct.env.npm_config_cache).toBeUndefined();
    expect(npm.env.npm_config_cache).toBeDefined();
    expect(told(direct)).toEqual(told(npm));
    expect(direct.env).toMatchObject({
      npm_package_config_deep_list_1: 'b',
      npm_package_bin_shop: 'tool.js',
      npm_lifecycle_event: 'dev',
    });
    expect(direct.cwd).toBe(npm.cwd);
    expect(await way(['dev'], cwd)).toEqual({ direct: true });
  });

  test('does so in a package of a workspace, and from a folder inside of it', async () => {
    const cwd = makePackage(
      'workspace',
      { name: 'root', workspaces: ['packages/*'] },
      {
        'packages/web/package.json': JSON.stringify({
          name: 'web',
          version: '0.0.0',
          scripts: { dev: SHOW },
        }),
        'packages/web/show.cjs': SHOWN,
        'packages/web/src/empty': '',
      },
    );
    for (const folder of ['packages/web', 'packages/web/src']) {
      const direct = await shown(['run', 'dev'], join(cwd, folder));
      const npm = await shown(['run', '--', 'npm', 'run', 'dev'], join(cwd, folder));
      expect(told(direct)).toEqual(told(npm));
      expect(direct.env.npm_config_user_agent).toContain('workspaces/true');
    }
  });

  test('gets its arguments one by one, whatever stands in them', async () => {
    const cwd = makePackage('arguments', { ...content, scripts: { dev: `${SHOW} first` } });
    const args = ['--a b', "it's", '', '$HOME', 'x;y', '*'];
    const direct = await shown(['run', 'dev', '--', ...args], cwd);
    expect(direct.args).toEqual(['first', ...args]);
  });

  test('runs in the shell that the project has chosen, and ends as it ends', async () => {
    const cwd = makePackage(
      'shell',
      { scripts: { dev: '[[ 1 == 1 ]] && exit 7' } },
      {
        '.npmrc': 'script-shell=/bin/bash\nregistry=http://localhost:4873/\n',
      },
    );
    expect((await way(['dev'], cwd))?.direct).toBe(true);
    expect((await home.cli(['run', 'dev'], { cwd, env })).code).toBe(7);
  });

  test('has its port written into its text', async () => {
    const cwd = makePackage('text', { scripts: { dev: 'vite' } });
    const programs = join(cwd, 'node_modules', '.bin');
    mkdirSync(programs, { recursive: true });
    writeFileSync(join(programs, 'vite'), '#!/bin/sh\necho "vite gets $*"\n', { mode: 0o755 });
    expect((await way(['dev'], cwd))?.direct).toBe(true);
    const exit = await home.cli(['run', 'dev'], { cwd, env });
    expect(exit.stdout, exit.story).toMatch(/^vite gets --port \d+ --strictPort$/m);
  });
});

describe('a script is left to npm', () => {
  test.each([
    ['that has another one before it', { predev: 'true' }, {}, '"predev"'],
    ['that has another one after it', { postdev: 'true' }, {}, '"postdev"'],
    ['where npm is given options for Node', {}, { '.npmrc': 'node-options=--no-warnings\n' }, 'node-options'],
    [
      'where npm is told something that is not known',
      {},
      { '.npmrc': '; x\n\nsomething-new=1\n' },
      'something-new',
    ],
  ])('%s', async (_, scripts, files, because) => {
    const cwd = makePackage(
      `left ${because.replaceAll('"', '')}`,
      { scripts: { dev: SHOW, ...scripts } },
      files,
    );
    const found = await way(['dev'], cwd);
    expect(found?.direct).toBe(false);
    expect(found?.because).toContain(because);
    expect((await shown(['run', 'dev'], cwd)).env.npm_config_cache).toBeDefined();
    const words = await home.cli(['run', '--dry-run', 'dev'], { cwd, env });
    expect(words.stdout).toContain(`by npm, since ${found?.because}`);
  });

  test('where a file of the user, named in any spelling, gives npm options for Node', async () => {
    const cwd = makePackage('spelling', { scripts: { dev: SHOW } });
    const file = join(home.place, 'options.npmrc');
    writeFileSync(file, 'node-options=--no-warnings\n');
    for (const name of ['npm_config_userconfig', 'NPM_CONFIG_USERCONFIG', 'NPM_CONFIG_GLOBALCONFIG'])
      expect(await way(['dev'], cwd, { [name]: file }), name).toEqual({
        direct: false,
        because: `${file} sets node-options`,
      });
    // Which file that is, only npm knows.
    writeFileSync(join(cwd, '.npmrc'), `userconfig=${file}\n`);
    expect((await way(['dev'], cwd))?.because).toContain('sets userconfig');
  });

  test('that a command asks npm for, unless --direct is given', async () => {
    const cwd = makePackage('asked', { name: 'asked', scripts: { dev: SHOW } });
    const command = ['--', 'npm', 'run', 'dev'];
    expect(await way(command, cwd)).toBeUndefined();
    expect(await way(['--direct', ...command], cwd)).toEqual({ direct: true });
    const direct = await shown(['run', '--direct', ...command], cwd);
    expect(direct.env.npm_config_cache).toBeUndefined();
    expect(direct.env.npm_package_name).toBe('asked');
  });

  test('by another manager', async () => {
    const cwd = makePackage('pnpm', { packageManager: 'pnpm@10.0.0', scripts: { dev: SHOW } });
    const found = await way(['dev'], cwd);
    if (found?.because?.startsWith('pnpm')) expect(found.direct).toBe(false);
    // Where it is not installed, npm is asked instead.
    else expect(found).toEqual({ direct: true });
  });
});

test('a service whose command asks npm for a script is started without it', async () => {
  const cwd = makePackage(
    'service',
    { name: 'service', scripts: { dev: SHOW } },
    {
      'styxy.config.json': JSON.stringify({ services: { web: { command: 'npm run dev', type: 'dev' } } }),
    },
  );
  const direct = await shown(['run', 'web'], cwd);
  expect(direct.env.npm_config_cache).toBeUndefined();
  expect(direct.env).toMatchObject({ STYXY_SERVICE: 'web', npm_package_name: 'service' });
});

test('--direct of what is no script is refused', async () => {
  const exit = await home.cli(['run', '--direct', '--', 'node', 'x.js'], { env });
  expect(exit.code).toBe(64);
  expect(exit.stderr).toContain('runs no script of a package');
});
