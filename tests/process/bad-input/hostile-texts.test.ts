import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ERRORS } from '../../../src/base/error-codes.ts';
import { styxyHome } from '../../support/home.ts';
import { portServer, serverOf } from '../../support/port-server.ts';
import { makeWorktrees } from '../../support/repository.ts';
import { usually } from '../../support/runs.ts';

const EXITS = [0, ...Object.values(ERRORS).map(({ exit }) => exit)];

/** Texts that make a shell, a path, a terminal or an object do something, if one lets them. */
const texts = (target: string): string[] => [
  `$(touch ${target})`,
  `\`touch ${target}\`"; touch ${target}; '; touch ${target}; #`,
  `x\ntouch ${target}\n`,
  '../../../made',
  '\u001B]0;made\u0007\u001B[2J',
  '__proto__',
  'ü'.repeat(3000),
];

/** Each takes a text in another place. */
const COMMANDS: ((text: string) => string[])[] = [
  (text) => ['allocate', '--ttl', '1m', '--type', 'dev', '--name', text],
  (text) => ['allocate', '--ttl', '1m', '--type', text],
  (text) => ['allocate', '--ttl', '1m', '--type', 'dev', '--instance', text],
  (text) => ['run', '--name', text, '--', 'true'],
  (text) => ['run', '--dry-run', '--', 'echo', text],
  (text) => ['instances', 'register', text],
  (text) => ['instances', 'remove', text],
  (text) => ['list', '--project', text],
  (text) => ['suggest', text],
  (text) => ['release', text],
  (text) => ['stop', text],
  (text) => ['whose', text],
  (text) => ['url', text],
  (text) => ['logs', text],
  (text) => ['wait', text, '--timeout', '10ms'],
  (text) => ['audit', '--action', text],
  (text) => ['config', 'auto-allocation', 'undo', text],
];

describe.concurrent('texts that are made to do harm', () => {
  const home = styxyHome();

  test.each(COMMANDS.map((make, row) => ({ line: make('<text>').join(' '), make, row })))(
    'do nothing in `styxy $line`: they are taken as they are, or refused in words',
    async ({ make, row }) => {
      const all = texts(join(home.place, 'made'));
      for (const text of usually(all, (_, column) => (row + column) % 3 === 0)) {
        const exit = await home.cli([...make(text), ...(make('').includes('--') ? [] : ['--json'])]);
        expect(EXITS, exit.story).toContain(exit.code);
        expect(exit.code, exit.story).not.toBe(ERRORS.INTERNAL.exit);
        if (!make('').includes('--')) JSON.parse(exit.stdout);
        // oxlint-disable-next-line no-control-regex -- what a terminal would obey
        else expect(exit.stderr, exit.story).not.toMatch(/\u001B/);
      }
      expect(existsSync(join(home.place, 'made'))).toBe(false);
    },
  );
});

describe.skipIf(process.platform !== 'linux')('a folder and a branch with such names', () => {
  const home = styxyHome();

  test('hold a service like any other: every answer names them as they are, and nothing of them is run', async () => {
    const [tree = ''] = makeWorktrees(home.place, 1);
    const branch = '$(touch${IFS}made)`touch\\made`;"\'';
    const folder = join(home.place, `$(touch made) "it's"; \`touch made\` & 100% | ünï`);
    const git = (...args: string[]) => execFileSync('git', args, { cwd: tree, stdio: 'pipe' });
    const name = branch.replaceAll('\\', '');
    git('worktree', 'add', '--quiet', '-b', name, folder);
    mkdirSync(join(folder, 'inside'));

    const run = home.start(['run', '--name', 'web', '--', process.execPath, portServer], {
      cwd: join(folder, 'inside'),
    });
    const self = await serverOf(run);
    const here = { project_path: folder, branch: name };
    const ask = <Answer>(...words: string[]) => home.json<Answer>(words, { cwd: folder });
    expect(await ask('whose', String(self.port))).toMatchObject(here);
    await home.killDaemon();
    expect(await ask<object>('list', '--project', folder)).toMatchObject({ allocations: [here] });
    for (const words of [['list'], ['scan'], ['whose', String(self.port)], ['status'], ['audit'], ['env']]) {
      const exit = await home.cli(words, { cwd: folder });
      expect(exit.code, exit.story).toBe(0);
    }
    const { stdout } = await home.cli(['env', '--format', 'shell'], { cwd: folder });
    const script = 'eval "$VARIABLES"; echo "$WEB_PORT"';
    const env = { PATH: process.env.PATH ?? '', VARIABLES: stdout };
    expect(execFileSync('sh', ['-c', script], { env, cwd: folder }).toString()).toBe(`${self.port}\n`);

    run.process.kill('SIGTERM');
    await run.finished();
    const made = [home.place, folder, join(folder, 'inside'), home.path, '/'].flatMap((each) =>
      readdirSync(each).filter((entry) => entry === 'made' || entry === 'touchmade'),
    );
    expect(made).toEqual([]);
  });

  test('with a line break in it: the command runs all the same', async () => {
    const folder = join(home.place, 'first\nsecond');
    mkdirSync(folder);
    const run = await home.cli(['run', '--', 'sh', '-c', 'exit 3'], { cwd: folder });
    expect(run.code, run.story).toBe(3);
  });
});
