import { chmodSync, cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { BIN, styxyHome } from '../../support/home.ts';

const bash = '/bin/bash';
const FAKE_VITE = `#!/bin/sh\necho "vite in $(basename "$PWD") gets $*"\n`;

/** A package of that folder whose `vite` prints its arguments. */
function makePackage(folder: string, content: object, files: Record<string, string> = {}): string {
  const programs = join(folder, 'node_modules', '.bin');
  mkdirSync(programs, { recursive: true });
  writeFileSync(join(programs, 'vite'), FAKE_VITE);
  chmodSync(join(programs, 'vite'), 0o755);
  writeFileSync(join(folder, 'package.json'), JSON.stringify(content));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

describe('a package script that has its port exchanged', () => {
  const home = styxyHome();

  test('is that of its own folder: another package has the same script, and another port', async () => {
    const cwd = makePackage(join(home.place, 'two'), {
      scripts: { dev: 'npm --prefix a run dev; npm --prefix b run dev' },
    });
    for (const name of ['a', 'b']) makePackage(join(cwd, name), { scripts: { dev: 'vite' } });
    const exit = await home.cli(['run', '--', 'npm', 'run', 'dev'], { cwd });
    expect(exit.stdout, exit.story).toMatch(/^vite in a gets --port \d+ --strictPort$/m);
    expect(exit.stdout).toMatch(/^vite in b gets --port \d+ --strictPort$/m);
    const ports = [...exit.stdout.matchAll(/gets --port (\d+)/g)].map(([, port]) => port);
    expect(new Set(ports).size).toBe(2);
  });

  test('is found behind a link to its folder', async () => {
    const cwd = makePackage(join(home.place, 'real'), { scripts: { dev: 'vite' } });
    symlinkSync(cwd, join(home.place, 'link'));
    const exit = await home.cli(['run', '--', 'npm', '--prefix', 'link', 'run', 'dev'], { cwd: home.place });
    expect(exit.stdout, exit.story).toMatch(/^vite in \w+ gets --port \d+ --strictPort$/m);
  });

  const ONLY_BASH = '[[ -n $HOME ]] && vite';

  test.each([
    ['.npmrc of the project', { '.npmrc': `script-shell=${bash}\n` }],
    [
      '.npmrc with quotes and comments',
      { '.npmrc': `; script-shell=/bin/false\nscript-shell = "${bash}"\n` },
    ],
    ['.npmrc with a variable', { '.npmrc': 'script-shell=${SHELL_OF_TEST}\n' }],
  ])('runs in the shell of %s', async (name, files) => {
    const cwd = makePackage(join(home.place, `shell ${name}`), { scripts: { dev: ONLY_BASH } }, files);
    const env = { SHELL_OF_TEST: bash };
    const exit = await home.cli(['run', '--', 'npm', 'run', 'dev'], { cwd, env });
    expect(exit.stdout, exit.story).toMatch(/gets --port \d+ --strictPort$/m);
  });

  test('runs in the shell of the user, and of the variable in any spelling', async () => {
    const cwd = makePackage(join(home.place, 'user'), { scripts: { dev: ONLY_BASH } });
    const user = join(home.place, 'user.npmrc');
    writeFileSync(user, `script-shell=${bash}\n`);
    const variables = [
      { npm_config_userconfig: user },
      { NPM_CONFIG_USERCONFIG: user },
      { NPM_CONFIG_GLOBALCONFIG: user },
      { npm_config_script_shell: bash },
      { NPM_CONFIG_SCRIPT_SHELL: bash },
    ];
    for (const env of variables) {
      const exit = await home.cli(['run', '--', 'npm', 'run', 'dev'], { cwd, env });
      expect(exit.stdout, exit.story).toMatch(/gets --port \d+ --strictPort$/m);
    }
  });

  test('keeps its text, and gets its port behind it, when our shell can not be executed', async () => {
    const copy = join(home.place, 'copy of styxy');
    const root = dirname(dirname(BIN));
    for (const name of ['bin', 'dist', 'config', 'package.json'])
      cpSync(join(root, name), join(copy, name), { recursive: true });
    chmodSync(join(copy, 'dist', 'script-shell.sh'), 0o644);
    const cwd = makePackage(join(home.place, 'kept'), { scripts: { dev: 'vite' } });
    const exit = await home.cli(['run', '--', 'npm', 'run', 'dev'], {
      cwd,
      bin: join(copy, 'bin', 'styxy.js'),
    });
    expect(exit.stdout, exit.story).toMatch(/^> vite --port \d+ --strictPort$/m);
    expect(exit.stdout).toMatch(/^vite in kept gets --port \d+ --strictPort$/m);
  });

  test('asks Yarn to keep Styxy in a folder, since a daemon is not started from an archive', async () => {
    const file = fileURLToPath(new URL('../../../package.json', import.meta.url));
    const { default: content } = await import(file, { with: { type: 'json' } });
    expect(content).toMatchObject({ preferUnplugged: true });
  });
});
