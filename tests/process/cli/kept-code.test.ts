import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { BIN, startProgram, styxyHome } from '../../support/home.ts';
import { tempDir } from '../../support/temp.ts';

const home = styxyHome({ cold: true });
const cacheOf = (): string => join(home.path, 'cache');
const kept = (use: string): string[] =>
  existsSync(cacheOf()) ? readdirSync(cacheOf()).filter((name) => name.startsWith(`${use}-`)) : [];
const contents = (folder: string) =>
  readdirSync(join(cacheOf(), folder)).map(
    (name) => [name, readFileSync(join(cacheOf(), folder, name))] as const,
  );

test('a run keeps what was compiled for it, once, and for itself alone', async () => {
  expect((await home.cli(['run', '--', 'true'])).code).toBe(0);
  expect((await home.cli(['run', '--', 'true'])).code).toBe(0);
  const [folder = '', ...others] = kept('run');
  expect(others).toEqual([]);
  expect(statSync(join(cacheOf(), folder)).mode & 0o777).toBe(0o700);
  const first = contents(folder);
  expect(first.map(([name]) => name)).toContain('cli.cjs');
  expect((await home.cli(['run', '--', 'sh', '-c', 'exit 3'])).code).toBe(3);
  expect((await home.cli(['list'])).code).toBe(0);
  // What only a failure needs is added to it.
  expect(contents(folder)).toEqual(expect.arrayContaining(first));
  expect(kept('cli')).toHaveLength(1);
});

test.each([
  ['with a code of its own', 'exit 3', { code: 3, signal: null }],
  ['by a signal', 'kill -TERM $PPID; sleep 30', { code: null, signal: 'SIGTERM' }],
] as const)('a run whose command ends %s keeps it, too', async (_, script, end) => {
  const other = tempDir('styxy-kept-');
  const env = { STYXY_HOME: other.path, STYXY_NO_DAEMON: '1' };
  const inOther = (): string[] =>
    existsSync(join(other.path, 'cache')) ? readdirSync(join(other.path, 'cache')) : [];
  // One that was not started has not come to all of it.
  expect((await home.cli(['run', '--', 'no-such-program'], { env })).code).toBe(127);
  expect(inOther()).toEqual([]);
  const exit = await home.cli(['run', '--quiet', '--', 'sh', '-c', script], { env });
  expect({ code: exit.code, signal: exit.signal }, exit.story).toEqual(end);
  expect(inOther()).toEqual([expect.stringMatching(/^(run|cli)-\d+\.\d+\.\d+-[0-9a-f]{16}-\d+-v/)]);
  other.remove();
});

test('damage to it costs nothing but time', async () => {
  await home.cli(['run', '--', 'true']);
  const [folder = ''] = kept('run');
  for (const damage of [Buffer.from('no code'), Buffer.alloc(0), Buffer.alloc(70_000)]) {
    writeFileSync(join(cacheOf(), folder, 'cli.cjs'), damage);
    const result = await home.cli(['run', '--quiet', '--', 'echo', 'ran']);
    expect([result.code, result.stdout, result.stderr]).toEqual([0, 'ran\n', '']);
  }
});

test('builds that are not used any more are not kept for ever', async () => {
  await home.cli(['run', '--', 'true']);
  const [current = ''] = kept('run');
  const older = [1, 2, 3, 4, 5].map((age) => `run-0.0.${age}`);
  for (const [age, name] of older.entries()) {
    mkdirSync(join(cacheOf(), name));
    utimesSync(join(cacheOf(), name), age + 1, age + 1);
  }
  const installation = tempDir('styxy-other-');
  for (const part of ['bin', 'dist', 'package.json'])
    cpSync(join(dirname(dirname(BIN)), part), join(installation.path, part), { recursive: true });
  const other = [process.execPath, join(installation.path, 'bin/styxy.js'), 'run', '--', 'true'];
  expect((await startProgram(other, { cwd: home.place, env: home.env }).finished()).code).toBe(0);
  expect(kept('run')).toHaveLength(4);
  expect(kept('run')).toEqual(expect.arrayContaining([current, 'run-0.0.5', 'run-0.0.4']));
  installation.remove();
});

test('nothing is kept in a home that others may write to', async () => {
  const { path, remove } = tempDir('styxy-open-');
  mkdirSync(join(path, 'home'));
  const open = startProgram(['sh', '-c', `chmod 777 home && ${process.execPath} ${BIN} --version`], {
    cwd: path,
    env: { ...home.env, STYXY_HOME: join(path, 'home') },
  });
  expect((await open.finished()).code).toBe(0);
  expect(existsSync(join(path, 'home', 'cache'))).toBe(false);
  remove();
});

test('a home that was removed is not made again by what ends after that', async () => {
  const { path, remove } = tempDir('styxy-gone-');
  const gone = join(path, 'home');
  mkdirSync(gone, { mode: 0o700 });
  const env = { ...home.env, STYXY_HOME: gone, STYXY_NO_DAEMON: '1' };
  const run = startProgram([process.execPath, BIN, 'run', '--quiet', '--', 'rm', '-r', gone], {
    cwd: path,
    env,
  });
  expect((await run.finished()).code).toBe(0);
  expect(existsSync(gone)).toBe(false);
  remove();
});
