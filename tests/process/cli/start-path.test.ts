import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { startProgram, styxyHome } from '../../support/home.ts';
import { tempDir } from '../../support/temp.ts';

/** What a process has loaded until its end. */
interface Loaded {
  /** Names of files of CommonJS, without the hash of a chunk. */
  readonly files: readonly string[];
  /** Node's own. */
  readonly modules: readonly string[];
}

const home = styxyHome({ cold: true });
const folder = tempDir('styxy-loaded-');
const probe = join(folder.path, 'probe.cjs');
const out = join(folder.path, 'loaded.json');

/** Node's modules that a run is allowed, and whatever these load themselves. */
const ALLOWED = ['child_process', 'fs', 'net', 'os', 'path', 'tty', 'util', 'vm'];

beforeAll(() => {
  writeFileSync(
    probe,
    `process.on('exit', () => {
      const modules = process.moduleLoadList;
      require('node:fs').writeFileSync(process.env.LOADED, JSON.stringify({ files: Object.keys(require.cache), modules }));
    });`,
  );
  return () => folder.remove();
});

async function loadedBy(command: readonly string[]): Promise<Loaded> {
  const env = { ...home.env, NODE_OPTIONS: `--require ${probe}`, LOADED: out };
  const exit = await startProgram(command, { cwd: home.place, env }).finished();
  expect(exit.code, exit.story).toBe(0);
  const { files, modules } = JSON.parse(readFileSync(out, 'utf8')) as Loaded;
  const names = files.map((file) => basename(file).replace(/-[\w-]{8}(?=\.cjs$)/, ''));
  // A module's name stands behind its kind.
  return { files: names, modules: modules.map((each) => each.replace(/^.* /, '')) };
}

describe('what users wait for: a run of a program that is nothing but a program', () => {
  let run: Loaded;
  beforeAll(async () => {
    const own = [process.execPath, join(import.meta.dirname, '../../../bin/styxy.js'), 'run', '--', 'true'];
    // The first one starts the daemon, and compiles.
    await loadedBy(own);
    run = await loadedBy(own);
  });

  test('loads two files of ours behind the entry', () => {
    expect(run.files.toSorted()).toEqual(['cli.cjs', 'probe.cjs', 'start.cjs', 'styxy.js', 'supervise.cjs']);
  });

  test('loads no modules of Node beside those that it works with', async () => {
    const plain = join(folder.path, 'plain.cjs');
    const asks = ALLOWED.map((name) => `require('node:${name}');`).join('\n');
    writeFileSync(plain, `${asks}\nprocess.stderr;\nprocess.on('SIGUSR1', () => {});`);
    const { modules } = await loadedBy([process.execPath, plain]);
    expect(run.modules.filter((name) => !modules.includes(name))).toEqual([]);
  });
});
