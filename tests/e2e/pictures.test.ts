import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import toolPorts from '../../config/tool-ports.json' with { type: 'json' };
import { startProgram, styxyHome } from '../support/home.ts';
import { startOutsider } from '../support/outsider.ts';
import { networkEnv, ROOT } from './support/project.ts';

const canRun = ['git', 'bash'].every((name) => spawnSync(name, ['--version']).status === 0);

const FILES = readdirSync(join(ROOT, 'docs/pictures'));
const ALL_NAMES = [...new Set(FILES.map((file) => file.replace(/(-still|-light|-dark)?\.\w+$/, '')))];
/** A picture takes ten seconds of a core: `npm run test:long` makes all of them. */
const NAMES = process.env['ROUNDS'] === 'all' ? ALL_NAMES : ['up', 'adopt'];

/** The exit code for it. */
const OUTSIDERS_LISTEN = 2;

/** On a port that `styxy list` shows in any configuration. */
async function startOnToolPort() {
  for (const port of Object.keys(toolPorts).map(Number)) {
    const outsider = await startOutsider(port, '127.0.0.1').catch(() => undefined);
    if (outsider) return { outsider, port };
  }
  throw new Error('every port of a tool is in use');
}

describe.skipIf(!canRun)('the pictures of the docs (needs git and bash)', () => {
  const home = styxyHome();

  const check = (folder: string, name: string) => {
    const { first, last } = home.ports;
    const words = ['node', 'scripts/pictures.mjs', '--check', '--ports', `${first}-${last}`, name];
    return startProgram(words, { cwd: folder, env: { ...networkEnv(), ...home.env } }).finished(250_000);
  };

  test.for(NAMES)('say what a run says today: %s', async (name, { skip }) => {
    const exit = await check(ROOT, name);
    if (exit.code === OUTSIDERS_LISTEN) skip(exit.stderr);
    expect(exit.code, exit.story).toBe(0);
  });

  test('never show what else listens on the machine', async () => {
    const { outsider, port } = await startOnToolPort();
    const exit = await check(ROOT, 'tour-narrow');
    await outsider.end();
    // Where no network of our own can be had, they are refused.
    if (exit.code === OUTSIDERS_LISTEN) expect(exit.stderr).toContain(String(port));
    else expect(exit.code, exit.story).toBe(0);
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
