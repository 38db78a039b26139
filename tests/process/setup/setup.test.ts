import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { writeProject } from '../../e2e/support/project.ts';
import { styxyHome } from '../../support/home.ts';
import { openTerminal } from '../../support/pty.ts';

const home = styxyHome();
const SETTINGS = '{\n  "model": "m", // mine\n  "permissions": { "allow": [] }\n}\n';
const PACKAGE = '{ "scripts": { "dev": "vite", "build": "vite build" } }';

interface Answer {
  ok: boolean;
  applied: boolean;
  steps: { name: string; outcome: string; files: { path: string; change: string }[] }[];
}

/** A user with Claude Code's folder, a gemini on PATH, and a project. */
function user(name: string) {
  const folder = writeProject(join(home.place, name), {
    'me/.claude/settings.json': SETTINGS,
    'bin/gemini': '#!/bin/sh\n',
    'shop/package.json': PACKAGE,
  });
  chmodSync(join(folder, 'bin/gemini'), 0o755);
  const env = {
    HOME: join(folder, 'me'),
    STYXY_HOME: join(folder, 's'),
    PATH: `${join(folder, 'bin')}:/usr/bin:/bin`,
    STYXY_NO_DAEMON: '1',
  };
  const cwd = join(folder, 'shop');
  const read = (path: string) => readFileSync(join(folder, path), 'utf8');
  const cli = (...args: string[]) => home.cli(args, { cwd, env });
  const json = async (...args: string[]) => JSON.parse((await cli(...args, '--json')).stdout) as Answer;
  return { folder, env, cwd, read, cli, json };
}

describe('styxy setup and styxy uninstall', () => {
  test('without a terminal show what they would do, and do nothing', async () => {
    const { cli, read, folder } = user('shown');
    const setup = await cli('setup');
    expect(setup.code, setup.story).toBe(0);
    for (const text of [
      '"dev": "vite"',
      'hooks of claude-code',
      'hooks of gemini-cli',
      '~/.claude/settings.json',
    ])
      expect(setup.stdout).toContain(text);
    expect(setup.stdout).not.toContain('codex');
    expect(setup.stderr).toContain('nothing is changed yet');
    expect([read('shop/package.json'), read('me/.claude/settings.json')]).toEqual([PACKAGE, SETTINGS]);
    expect(existsSync(join(folder, 's'))).toBe(false);
    expect((await cli('uninstall')).stderr).toContain('nothing to take back');
  });

  test('do all of it and take all of it back, to the byte', async () => {
    const { cli, json, read, folder } = user('done');
    const setup = await json('setup', '--yes');
    expect(setup).toMatchObject({ ok: true, applied: true });
    expect(setup.steps.map(({ name, outcome }) => [name, outcome])).toEqual([
      ['init', 'done'],
      ['hook claude-code', 'done'],
      ['hook gemini-cli', 'done'],
    ]);
    expect(read('shop/package.json')).toContain('node styxy.cjs run -- vite');
    expect((await cli('hook', 'status', '--agent', 'claude-code')).code).toBe(0);
    expect((await json('setup', '--yes')).steps).toEqual([]);

    const shown = await json('uninstall', '--dry-run');
    expect(shown.applied).toBe(false);
    expect(read('me/.claude/settings.json')).toContain('hook.sh');

    const removed = await json('uninstall', '--yes');
    expect(removed.steps.map(({ name, outcome }) => [name, outcome])).toEqual([
      ['init', 'done'],
      ['hook claude-code', 'done'],
      ['hook gemini-cli', 'done'],
      ['launcher', 'done'],
    ]);
    expect([read('shop/package.json'), read('me/.claude/settings.json')]).toEqual([PACKAGE, SETTINGS]);
    expect(readdirSync(join(folder, 'shop'))).toEqual(['package.json']);
    expect(existsSync(join(folder, 'me/.gemini/settings.json'))).toBe(false);
    expect(existsSync(join(folder, 's'))).toBe(true);
    await json('uninstall', '--yes', '--purge');
    expect(existsSync(join(folder, 's'))).toBe(false);
  });

  test('uninstall finds projects and settings of other folders', async () => {
    const { cli, read, folder, env } = user('elsewhere');
    await cli('init', '--yes');
    await cli('hook', 'install', '--agent', 'cursor', '--scope', 'project');
    mkdirSync(join(folder, 'away'));
    const exit = await home.cli(['uninstall', '--yes'], { cwd: join(folder, 'away'), env });
    expect(exit.code, exit.story).toBe(0);
    expect(read('shop/package.json')).toBe(PACKAGE);
    expect(existsSync(join(folder, 'shop/.cursor'))).toBe(false);
  });

  test('a file that is broken keeps nobody from the rest', async () => {
    const { cli, folder, json } = user('broken');
    writeFileSync(join(folder, 'shop/package.json'), '{');
    const { steps, ...rest } = await json('setup', '--yes');
    expect(steps.map(({ name }) => name)).toEqual(['hook claude-code', 'hook gemini-cli']);
    expect(rest.ok).toBe(false);
    expect(JSON.stringify(rest)).toContain('package.json');
    await cli('uninstall', '--yes');
    expect(existsSync(join(folder, 'me/.gemini'))).toBe(false);
  });

  test("an agent's broken settings are told at the end, and keep nobody from the rest", async () => {
    const { cli, read, folder } = user('broken-settings');
    const settings = join(folder, 'me/.claude/settings.json');
    writeFileSync(settings, '{broken');
    const setup = await cli('setup', '--yes');
    expect(setup.code, setup.story).toBe(78);
    expect(setup.stderr).toMatch(/that is all that could be done[^]*error\[BAD_CONFIG\][^]*settings\.json/);
    expect(read('me/.gemini/settings.json')).toContain('hook.sh');

    const nothingOfOurs = await cli('uninstall', '--yes');
    expect(nothingOfOurs.code, nothingOfOurs.story).toBe(0);
    expect(nothingOfOurs.stderr).not.toContain('.claude');
    expect(read('shop/package.json')).toBe(PACKAGE);

    writeFileSync(settings, SETTINGS);
    await cli('setup', '--yes');
    writeFileSync(settings, `{broken ${read('me/.claude/settings.json')}`);
    const uninstall = await cli('uninstall', '--yes');
    expect(uninstall.code, uninstall.story).toBe(78);
    expect(uninstall.stderr).toMatch(/error\[BAD_CONFIG\][^]*\.claude\/settings\.json/);
    expect(read('shop/package.json')).toBe(PACKAGE);
    expect(existsSync(join(folder, 'me/.gemini'))).toBe(false);
  });

  test('uninstall stops the daemon', async () => {
    const { cwd, env } = user('daemon');
    const own = { HOME: env.HOME, PATH: env.PATH };
    await home.cli(['daemon', 'start'], { cwd, env: own });
    const { steps } = JSON.parse(
      (await home.cli(['uninstall', '--yes', '--json'], { cwd, env: own })).stdout,
    ) as Answer;
    expect(steps.map(({ name }) => name)).toContain('daemon');
    expect(home.daemons()).toEqual([]);
  });

  test('at a terminal each step is asked for', async () => {
    const { cwd, env, read } = user('asked');
    const environment = () => ({
      env: { ...home.env, ...env },
      survivors: () => [],
      gone: async () => undefined,
    });
    const words = [process.execPath, join(import.meta.dirname, '../../../bin/styxy.js'), 'setup'];
    const shown = openTerminal({ environment, path: () => cwd }, words, { TERM: 'xterm-256color' });
    await shown.until(/start through Styxy\?/);
    shown.write('n');
    await shown.until(/settings of claude-code\?/);
    shown.write('y');
    await shown.until(/settings of gemini-cli\?/);
    shown.press('c');
    expect((await shown.exited()).code).toBe(0);
    expect(read('shop/package.json')).toBe(PACKAGE);
    expect(read('me/.claude/settings.json')).toContain('hook.sh');
  });
});

test('called alone, it tells newcomers where to begin', async () => {
  const { cli } = user('newcomer');
  expect((await cli()).stderr).toContain('styxy setup');
  await cli('init', '--yes');
  expect((await cli()).stderr).toBe('');
});
