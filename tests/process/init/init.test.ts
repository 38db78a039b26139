import { existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { writeProject } from '../../e2e/support/project.ts';
import { expectError } from '../../support/complaints.ts';
import { styxyHome } from '../../support/home.ts';
import { openTerminal } from '../../support/pty.ts';

const home = styxyHome();
const PACKAGE = {
  name: 'shop',
  scripts: { dev: 'vite', docs: 'vitepress dev', build: 'vite build', start: 'my-server' },
};

const project = (name: string, files: Record<string, string | object> = { 'package.json': PACKAGE }) =>
  writeProject(join(home.place, name), files);
const init = (cwd: string, ...flags: string[]) => home.cli(['init', ...flags], { cwd });
const read = (...path: string[]) => readFileSync(join(...path), 'utf8');
const scriptsOf = (folder: string) => (JSON.parse(read(folder, 'package.json')) as typeof PACKAGE).scripts;

describe('without a terminal', () => {
  test('it is only shown what would change, and how it is done', async () => {
    const folder = project('shown');
    const before = read(folder, 'package.json');
    const { code, stdout, stderr } = await init(folder);
    expect(code).toBe(0);
    expect(stdout).toContain('-   "dev": "vite"\n+   "dev": "node styxy.cjs run -- vite"');
    expect(stdout).toContain('styxy.cjs (new)');
    expect(stderr).toContain('start: my-server');
    expect(stderr).toContain('nothing is changed yet: styxy init --yes does it');
    expect(read(folder, 'package.json')).toBe(before);
    expect(existsSync(join(folder, 'styxy.cjs'))).toBe(false);
  });

  test('--check fails until it is done', async () => {
    const folder = project('checked');
    expect((await init(folder, '--check')).code).toBe(1);
    await init(folder, '--yes');
    const { code, stdout } = await init(folder, '--check', '--json');
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { ok: true, files: [] }]);
  });

  test('a launcher that is gone is made again', async () => {
    const folder = project('gone');
    const done = await init(folder, '--yes');
    expect(done.stderr).toMatch(/styxy itself is not among the devDependencies.*; this adds it: npm install/);
    rmSync(join(folder, 'styxy.cjs'));
    expect((await init(folder, '--check')).code).toBe(1);
    await init(folder, '--yes');
    expect(existsSync(join(folder, 'styxy.cjs'))).toBe(true);
  });

  test('the user chooses scripts, and the form', async () => {
    const folder = project('chosen');
    await init(folder, '--yes', '--no-launcher', '--except', 'docs', '--also', 'start');
    expect(scriptsOf(folder)).toMatchObject({
      dev: 'styxy run -- vite',
      docs: 'vitepress dev',
      start: 'styxy run -- my-server',
    });
    expect(existsSync(join(folder, 'styxy.cjs'))).toBe(false);
    await init(folder, '--undo');
    expect(scriptsOf(folder)).toEqual(PACKAGE.scripts);
  });
});

test('an image that may lack the launcher is named', async () => {
  const files = {
    'package.json': { scripts: { dev: 'vite', start: 'next start' } },
    Dockerfile: 'FROM node\n',
  };
  const { stderr } = await init(project('image', files));
  expect(stderr).toContain('an image of Dockerfile that runs "start" has to hold styxy.cjs too');
  expect((await init(project('image', files), '--except', 'start')).stderr).not.toContain('Dockerfile');
});

describe('--undo', () => {
  test('gives back links, modes and bytes', async () => {
    const folder = project('linked', { 'real.json': '{"scripts":{"dev":"vite"} }' });
    symlinkSync('real.json', join(folder, 'package.json'));
    const mode = statSync(join(folder, 'real.json')).mode;
    await init(folder, '--yes');
    expect(read(folder, 'real.json')).toContain('styxy.cjs');
    expect(statSync(join(folder, 'real.json')).mode).toBe(mode);
    await init(folder, '--undo');
    expect(read(folder, 'real.json')).toBe('{"scripts":{"dev":"vite"} }');
  });

  test('keeps what was changed since', async () => {
    const folder = project('changed');
    await init(folder, '--yes');
    const text = read(folder, 'package.json')
      .replace('"shop"', '"store"')
      .replace('vitepress dev', 'vitepress dev --port 1');
    writeFileSync(join(folder, 'package.json'), text);
    await init(folder, '--undo');
    expect(JSON.parse(read(folder, 'package.json'))).toEqual({
      name: 'store',
      scripts: { ...PACKAGE.scripts, docs: 'vitepress dev --port 1' },
    });
    expect(existsSync(join(folder, 'styxy.cjs'))).toBe(false);
  });

  test('says what it can not take back', async () => {
    const folder = project('kept', {
      'package.json': PACKAGE,
      'ports.md': '| Type | Range |\n|---|---|\n| charts | 14200-14219 |\n',
    });
    await init(folder, '--yes', '--service-types', 'ports.md');
    writeFileSync(join(folder, 'styxy.config.json'), '{ "services": {} }');
    const { stderr } = await init(folder, '--undo');
    expect(stderr).toContain('styxy.config.json was changed since styxy init wrote it, and stays as it is');
    expect(read(folder, 'styxy.config.json')).toBe('{ "services": {} }');
    expect(scriptsOf(folder)).toEqual(PACKAGE.scripts);
  });

  test.each(['here', 'on another machine'])(
    'keeps a launcher that a person changed, done %s',
    async (where) => {
      const folder = project(`edited ${where}`);
      await init(folder, '--yes');
      const edited = `${read(folder, 'styxy.cjs')}// ours\n`;
      writeFileSync(join(folder, 'styxy.cjs'), edited);
      if (where !== 'here') rmSync(join(home.path, 'init.json'));
      expect((await init(folder, '--undo', '--dry-run')).stderr).toContain('styxy.cjs was changed since');
      const { stdout } = await init(folder, '--undo', '--json');
      expect(JSON.parse(stdout)).toMatchObject({ files: [{ file: 'package.json' }], kept: ['styxy.cjs'] });
      expect(read(folder, 'styxy.cjs')).toBe(edited);
      expect(scriptsOf(folder)).toEqual(PACKAGE.scripts);
    },
  );

  test('works where another machine did it', async () => {
    const folder = project('elsewhere');
    const before = read(folder, 'package.json');
    await init(folder, '--yes');
    rmSync(join(home.path, 'init.json'));
    const { stderr } = await init(folder, '--undo');
    expect(stderr).toContain('2 files as before');
    expect(read(folder, 'package.json')).toBe(before);
  });

  test('says when there is nothing to do', async () => {
    expect((await init(project('nothing'), '--undo')).stderr).toContain('nothing of styxy init');
  });
});

describe('what is wrong is told, and nothing is changed:', () => {
  test('no package.json', async () => {
    const folder = project('parent', { 'web/package.json': PACKAGE });
    const exit = await init(folder);
    expectError(exit, 64, 'USAGE');
    expect(exit.stderr).toContain('run it in web');
  });

  test('one that is no JSON', async () => {
    const exit = await init(project('broken', { 'package.json': '{"scripts": {"dev": "vite",}' }), '--yes');
    expectError(exit, 78, 'BAD_CONFIG');
  });

  test('a file of the name of the launcher', async () => {
    const folder = project('foreign', { 'package.json': PACKAGE, 'styxy.cjs': 'console.log(1)' });
    const exit = await init(folder, '--yes');
    expectError(exit, 78, 'BAD_CONFIG');
    expect(scriptsOf(folder)).toEqual(PACKAGE.scripts);
  });

  test('a script that is not there', async () => {
    expectError(await init(project('unknown'), '--only', 'dve'), 64, 'USAGE');
  });

  test('two things at once', async () => {
    expectError(await init(project('both'), '--check', '--undo'), 64, 'USAGE');
  });
});

describe('at a terminal', () => {
  const terminal = (folder: string) => {
    const environment = () => ({ env: home.env, survivors: () => [], gone: async () => undefined });
    const words = [process.execPath, join(import.meta.dirname, '../../../bin/styxy.js'), 'init'];
    return openTerminal({ environment, path: () => folder }, words, { TERM: 'xterm-256color' });
  };

  test('scripts are chosen, and the files written when the user agrees', async () => {
    const folder = project('asked');
    const shown = terminal(folder);
    await shown.until(/Which scripts/);
    // The second one is taken out, the one that nothing is known of put in.
    shown.write('\u001B[B \u001B[B \r');
    await shown.until(/Write 2 files/);
    shown.write('\r');
    expect((await shown.exited()).code).toBe(0);
    expect(scriptsOf(folder)).toEqual({
      ...PACKAGE.scripts,
      dev: 'node styxy.cjs run -- vite',
      start: 'node styxy.cjs run -- my-server',
    });
  });

  test('Ctrl-C leaves everything as it is', async () => {
    const folder = project('left');
    const shown = terminal(folder);
    await shown.until(/Which scripts/);
    shown.press('c');
    expect((await shown.exited()).code).toBe(1);
    expect(scriptsOf(folder)).toEqual(PACKAGE.scripts);
  });
});

describe('the launcher', () => {
  const launched = (folder: string, command: string[], env = {}) =>
    home.cli(['run', '--', ...command], { cwd: folder, bin: join(folder, 'styxy.cjs'), env });
  const made = async (name: string) => {
    const folder = project(name);
    await init(folder, '--yes');
    return folder;
  };
  const SAYS = [
    'node',
    '-e',
    'console.log(process.env.STYXY_PORT ?? "none", process.argv.slice(1).join("|"))',
    'a',
    'b c',
  ];

  test('starts a command as it is where there is no Styxy', async () => {
    const folder = await made('without');
    const env = { STYXY_HOME: join(home.place, 'nobody'), PATH: '/usr/bin:/bin' };
    expect((await launched(folder, SAYS, env)).stdout).toBe('none a|b c\n');
    expect((await launched(folder, ['sh', '-c', 'exit 3'], env)).code).toBe(3);
    expect((await launched(folder, ['sh', '-c', 'kill -TERM $$'], env)).signal).toBe('SIGTERM');
    expect((await launched(folder, ['no-such-program'], env)).code).toBe(127);
  });

  test('hands a signal on to it', async () => {
    const folder = await made('signal');
    const wait = `process.on('SIGTERM', () => process.exit(7)); console.log('up'); setInterval(() => {}, 1000)`;
    const running = home.start(['run', '--', 'node', '-e', wait], {
      cwd: folder,
      bin: join(folder, 'styxy.cjs'),
      env: { STYXY: '0' },
    });
    await new Promise((resolve) => running.process.stdout?.once('data', resolve));
    process.kill(running.pid, 'SIGTERM');
    expect((await running.finished()).code).toBe(7);
  });

  test.each(['in the project', 'on PATH', "among Styxy's own files"])('finds a Styxy %s', async (where) => {
    const folder = await made(`with-${where.replaceAll(/\W/g, '')}`);
    const root = join(import.meta.dirname, '../../..');
    const env: Record<string, string> = { PATH: `/usr/bin:/bin` };
    if (where === 'in the project') {
      mkdirSync(join(folder, 'node_modules'));
      symlinkSync(root, join(folder, 'node_modules', 'styxy'));
    } else {
      const bin = where === 'on PATH' ? join(folder, 'bin') : join(home.path, 'bin');
      mkdirSync(bin, { recursive: true });
      rmSync(join(bin, 'styxy'), { force: true });
      symlinkSync(join(root, 'bin', 'styxy.js'), join(bin, 'styxy'));
      if (where === 'on PATH') env.PATH = `${bin}:/usr/bin:/bin`;
    }
    expect((await launched(folder, SAYS, env)).stdout).toMatch(/^\d+ a\|b c\n$/);
    expect((await launched(folder, SAYS, { ...env, STYXY: '0' })).stdout).toBe('none a|b c\n');
    rmSync(join(home.path, 'bin'), { recursive: true, force: true });
  });
});
