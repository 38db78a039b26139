import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startProgram, styxyHome } from '../support/home.ts';
import { networkEnv, ROOT } from './support/project.ts';

const canRun = ['git', 'bash'].every((name) => spawnSync(name, ['--version']).status === 0);

const FILES = readdirSync(join(ROOT, 'docs/pictures'));
const NAMES = [...new Set(FILES.map((file) => file.replace(/(-still|-light|-dark)?\.\w+$/, '')))];

describe.skipIf(!canRun)('the pictures of the docs (needs git and bash)', () => {
  const home = styxyHome();

  const check = (folder: string, name: string) => {
    const { first, last } = home.ports;
    const words = ['node', 'scripts/pictures.mjs', '--check', '--ports', `${first}-${last}`, name];
    return startProgram(words, { cwd: folder, env: { ...networkEnv(), ...home.env } }).finished(250_000);
  };

  test.each(NAMES)('say what a run says today: %s', async (name) => {
    const exit = await check(ROOT, name);
    expect(exit.code, exit.story).toBe(0);
  });

  test('is stale when it says something else', async () => {
    const copy = join(home.place, 'copy');
    for (const part of ['bin', 'config', 'dist', 'docs/pictures', 'package.json', 'scripts'])
      cpSync(join(ROOT, part), join(copy, part), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
    const picture = join(copy, 'docs/pictures/adopt.svg');
    writeFileSync(picture, readFileSync(picture, 'utf8').replace('nothing is changed', 'nothing is lost'));
    const { code, stderr } = await check(copy, 'adopt');
    expect(code).toBe(1);
    expect(stderr).toContain('docs/pictures/adopt.svg is stale: run npm run pictures -- adopt');
    expect(stderr).toContain('nothingislost');
  });
});
