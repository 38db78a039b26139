import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { expectError } from '../../support/complaints.ts';
import { styxyHome, type Exit } from '../../support/home.ts';

const home = styxyHome();
const clone = (): string => join(home.place, 'clone');
const at = (name: string): string => join(clone(), name);
const inside = (args: readonly string[], env: Record<string, string> = {}): Promise<Exit> =>
  home.cli(args, { cwd: clone(), env });
const fifo = (path: string): void => void execFileSync('mkfifo', [path]);

/** What any code of the clone does as soon as it is run. */
const RAN = 'import { writeFileSync as w } from "node:fs"; w(new URL("./ran", import.meta.url), "");';
const CONFIG = `
  ${RAN}
  import './more.mjs';
  export default { services: { web: { command: 'env' } }, env: { MARK: 'set' } };
`;
const UNREAD = /^styxy: \S+styxy\.config\.\w+ was not read: .*styxy config trust allows it$/m;

const hasRun = (): boolean => {
  const has = existsSync(at('ran'));
  rmSync(at('ran'), { force: true });
  return has;
};

beforeEach(() => {
  rmSync(clone(), { recursive: true, force: true });
  mkdirSync(at('.git'), { recursive: true });
  writeFileSync(at('.git/HEAD'), 'ref: refs/heads/main\n');
  writeFileSync(at('more.mjs'), 'export {};');
});

describe('a configuration that is a program', () => {
  beforeEach(() => {
    // Each test's own text: none is trusted because of another test.
    writeFileSync(at('styxy.config.mjs'), `${CONFIG}// ${Math.random()}`);
    rmSync(join(home.path, 'trusted'), { recursive: true, force: true });
  });

  const LOOKING = [
    ['list'],
    ['list', '--type', 'x'],
    ['status'],
    ['doctor'],
    ['check', '3000'],
    ['suggest'],
    ['whose', '3000'],
    ['allocate', '--type', 'dev', '--ttl', '1s'],
    ['env'],
    ['url', 'web'],
    ['scan'],
    ['config', 'show'],
    ['config', 'validate'],
    ['config', 'validate', 'styxy.config.mjs'],
    ['config', 'path'],
    ['config', 'instances'],
    ['run', '--dry-run'],
    ['run', '--dry-run', 'web'],
    ['run', '--', 'true'],
    ['run', '--', 'cat', 'more.mjs'],
    ['completion', 'bash'],
    ['hook', 'status', '--agent', 'claude-code'],
  ];
  test.each(LOOKING.map((args) => ({ line: args.join(' '), args })))(
    'is not run by `styxy $line`',
    async ({ args }) => {
      await inside(args);
      expect(hasRun()).toBe(false);
    },
  );

  test('is not run by the hook of an agent', async () => {
    const input = JSON.stringify({
      hook_event_name: 'PreToolUse',
      tool_name: 'Bash',
      tool_input: { command: 'npm run dev' },
      cwd: clone(),
    });
    writeFileSync(join(home.place, 'event.json'), input);
    const via = ['sh', '-c', 'exec "$@" < ../event.json', 'sh'];
    const exit = await home.cli(['hook', 'claude-code'], { cwd: clone(), via });
    expect(exit.code, exit.story).toBe(0);
    expect(hasRun()).toBe(false);
  });

  test('is named by those that need it, in one line that says how to allow it', async () => {
    for (const args of [['env'], ['config', 'show'], ['suggest'], ['run', '--', 'true']]) {
      const exit = await inside(args);
      expect(exit.code, exit.story).toBe(0);
      expect(exit.stderr.match(UNREAD), exit.story).toHaveLength(1);
    }
    expect((await inside(['run', '--quiet', '--', 'true'])).stderr).toBe('');
    const validate = await inside(['config', 'validate']);
    expect(validate.code, validate.story).toBe(78);
    expect((await inside(['config', 'path'])).stdout).toContain('styxy.config.mjs');
  });

  test('is run with a service of it, and from then on read, until a byte of it or of its imports changes', async () => {
    const run = await inside(['run', 'web']);
    expect(run.stdout).toContain('MARK=set');
    expect(hasRun()).toBe(true);
    const reads = async (): Promise<boolean> =>
      (await inside(['env'])).stdout.includes('MARK=set') && hasRun();
    expect(await reads()).toBe(true);

    writeFileSync(at('more.mjs'), 'export {}; //');
    expect(await reads()).toBe(false);
    writeFileSync(at('more.mjs'), 'export {};');
    expect(await reads()).toBe(true);

    writeFileSync(at('styxy.config.mjs'), `${CONFIG}// other`);
    expect(await reads()).toBe(false);
    expect(hasRun()).toBe(false);
  });

  test.each([
    ['a script', ['run', 'hello']],
    ['the main script', ['run']],
    ['a package manager', ['run', '--', 'npm', 'run', 'hello']],
    ['a program of the project', ['run', '--', './tool.sh']],
    ['an interpreter of one', ['run', '--', 'sh', 'tool.sh']],
  ])('is run with %s of the project, and without a question', async (_, args) => {
    writeFileSync(
      at('package.json'),
      JSON.stringify({ scripts: { hello: 'echo hello', dev: 'echo hello' } }),
    );
    writeFileSync(at('tool.sh'), '#!/bin/sh\necho hello\n', { mode: 0o755 });
    const exit = await inside(args);
    expect(exit.stdout, exit.story).toContain('hello');
    expect(exit.stderr).not.toMatch(UNREAD);
    expect(hasRun()).toBe(true);
  });

  test('is read after `styxy config trust`, and with STYXY_TRUST=1', async () => {
    expect((await inside(['env'], { STYXY_TRUST: '1' })).stdout).toContain('MARK=set');
    expect((await inside(['env'])).stdout).not.toContain('MARK=set');
    const trust = await inside(['config', 'trust', '--json']);
    expect(JSON.parse(trust.stdout)).toEqual({ file: at('styxy.config.mjs'), trusted: true });
    expect((await inside(['env'])).stdout).toContain('MARK=set');
  });

  test('has no back door by way of the settings of its reader', async () => {
    rmSync(at('styxy.config.mjs'));
    mkdirSync(at('.config'));
    const evil = 'require("node:fs").writeFileSync(require("node:path").join(__dirname, "../ran"), "");';
    writeFileSync(at('.config/config.js'), evil);
    writeFileSync(at('.config/config.cjs'), evil);
    writeFileSync(at('other.mjs'), CONFIG);
    writeFileSync(at('styxy.config.json'), JSON.stringify({ $import: './other.mjs', services: {} }));
    const exit = await inside(['env']);
    expect(hasRun()).toBe(false);
    expectError(exit, 78, 'BAD_CONFIG');
    expect(exit.stderr).toContain('$import');
  });
});

describe("a project's variables that decide what programs load", () => {
  const LOADERS = {
    NODE_OPTIONS: '--no-warnings',
    LD_PRELOAD: '',
    PATH: '/evil',
    GIT_SSH_COMMAND: 'touch ran',
    BASH_ENV: 'x',
  };
  beforeEach(() => {
    const config = { services: { web: { command: ['/usr/bin/env'] } }, env: { ...LOADERS, MARK: 'set' } };
    writeFileSync(at('styxy.config.json'), JSON.stringify(config));
    writeFileSync(at('package.json'), JSON.stringify({ scripts: { show: '/usr/bin/env' } }));
  });
  const names = (text: string): string[] =>
    Object.keys(LOADERS).filter((name) => text.includes(`${name}=${LOADERS[name as 'PATH']}\n`));

  test('reach its services and scripts', async () => {
    expect(names((await inside(['run', 'web'])).stdout)).toEqual(Object.keys(LOADERS));
  });

  test('never reach another command, which is told in one line', async () => {
    const exit = await inside(['run', '--', '/usr/bin/env']);
    expect(exit.stdout).toContain('MARK=set\n');
    expect(names(exit.stdout)).toEqual([]);
    expect(exit.stderr).toMatch(/^styxy: NODE_OPTIONS, LD_PRELOAD, .* was left out$/m);
  });

  test.each(['dotenv', 'shell', 'json'])('are never printed by `styxy env --format %s`', async (format) => {
    const exit = await inside(['env', '--format', format]);
    expect(exit.stdout).toContain('MARK');
    for (const name of Object.keys(LOADERS)) expect(exit.stdout).not.toContain(name);
    expect(exit.stderr).toContain("only the project's own services and scripts get NODE_OPTIONS");
  });
});

test.each(['dotenv', 'shell'])(
  'what `styxy env --format %s` prints can be sourced, whatever a project writes',
  async (format) => {
    const env = {
      A: '$(touch ran)',
      B: '`touch ran`',
      C: '"; touch ran; "',
      D: "it's",
      E: "'; touch ran; '",
      F: String.raw`\'; touch ran; #\\`,
      G: 'a\ntouch ran\nb',
      H: '!! $HOME \\',
    };
    writeFileSync(at('styxy.config.json'), JSON.stringify({ env }));
    const { stdout } = await inside(['env', '--format', format]);
    for (const shell of ['sh', 'bash']) {
      const script = `set -a\n${stdout}\n${process.execPath} -p 'JSON.stringify(process.env)'`;
      const given = JSON.parse(
        execFileSync(shell, ['-c', script], { cwd: clone() }).toString(),
      ) as typeof env;
      const printed = Object.entries(env).filter(([name]) => stdout.includes(`${name}=`));
      expect(printed.length).toBeGreaterThanOrEqual(format === 'shell' ? 8 : 5);
      for (const [name, value] of printed) expect(given[name as 'A']).toBe(value);
    }
    expect(readdirSync(clone())).not.toContain('ran');
  },
);

describe('files that are made to keep us busy', () => {
  const deep = '['.repeat(100_000) + ']'.repeat(100_000);
  const bomb = ['a0: &a0 [x,x,x,x,x,x,x,x,x,x]']
    .concat(Array.from({ length: 12 }, (_, i) => `b${i}: &a${i + 1} [${Array(10).fill(`*a${i}`).join()}]`))
    .join('\n');

  test.each([
    ['JSON that is nested deeply', () => writeFileSync(at('styxy.config.json'), deep)],
    ['YAML that stands for millions of values', () => writeFileSync(at('styxy.config.yaml'), bomb)],
    ['a pipe', () => fifo(at('.styxyrc'))],
    ['a device', () => execFileSync('ln', ['-s', '/dev/zero', at('styxy.config.json')])],
    [
      'a huge file',
      () => {
        writeFileSync(at('styxy.config.json'), '');
        truncateSync(at('styxy.config.json'), 700_000_000);
      },
    ],
  ])('%s for a configuration is refused at once, by name', async (_, make) => {
    make();
    const exit = await inside(['env']);
    expectError(exit, 78, 'BAD_CONFIG');
    expect(exit.stderr).toContain(clone());
  });

  test.each([
    ['a pipe', fifo],
    [
      'a huge file',
      (path: string) => {
        writeFileSync(path, '');
        truncateSync(path, 700_000_000);
      },
    ],
  ])('%s for the branch is no branch', async (_, make) => {
    rmSync(at('.git/HEAD'));
    make(at('.git/HEAD'));
    const exit = await inside(['run', '--', 'sh', '-c', 'exit 3']);
    expect(exit.code, exit.story).toBe(3);
  });

  test('a pipe for a package.json is no package', async () => {
    fifo(at('package.json'));
    const exit = await inside(['run', '--', 'sh', '-c', 'exit 3']);
    expect(exit.code, exit.story).toBe(3);
  });
});
