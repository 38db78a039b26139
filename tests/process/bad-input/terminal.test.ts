import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { leafCommands, type Leaf } from '../../support/commands.ts';
import { styxyHome, type Exit, type Running } from '../../support/home.ts';
import { portServer, serverOf } from '../../support/port-server.ts';
import { TERMINAL_TEXTS, unprintableIn } from '../../support/printable.ts';
import { waitFor } from '../../support/processes.ts';
import { usually } from '../../support/runs.ts';

/** Bytes that no argument, folder or branch can have are left out. */
const HARM = TERMINAL_TEXTS.filter((text) => !/\p{Cs}/u.test(text)).join(' ');
/** A name of a folder has fewer bytes. */
const FOLDER = 'a\nb \u001b[2J\u001b]0;t\u0007 \u009b2J\u007f\r \u202egnp.exe \u2028 \u001b[31mred 端口';
/** Git refuses C0 and DEL in a branch. */
const BRANCH = 'x/\u009b2J\u202egnp\u2028端口\u0085';

/** The daemon takes no text with these. */
const withoutC0 = (text: string): string => text.replaceAll(/[\u0000-\u001f\u007f]/g, '');

describe.skipIf(process.platform !== 'linux')('texts of others', () => {
  const home = styxyHome();
  const outside: { kill(signal: NodeJS.Signals): unknown }[] = [];
  let run: Running;
  let folder: string;
  let port: string;
  let externalPort: string;

  beforeAll(async () => {
    folder = join(home.place, FOLDER);
    mkdirSync(folder);
    const git = (...args: string[]) => execFileSync('git', args, { cwd: folder, stdio: 'pipe' });
    git('init', '--quiet', '-b', BRANCH);
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: HARM, scripts: { [HARM]: HARM } }));
    run = home.start(['run', '--name', 'web', '--', process.execPath, portServer, HARM], { cwd: folder });
    port = String((await serverOf(run)).port);
    // A type is made for it, and words about that go to the audit log.
    const { port: ttl } = await home.api.allocate({
      ttl_ms: 600_000,
      service_name: 'held',
      project_path: withoutC0(folder),
      branch: BRANCH,
      command: withoutC0(HARM),
    });
    const free = (await home.api.allocate({ ttl_ms: 1 })).port;
    externalPort = String(free === ttl ? free + 1 : free);
    await waitFor(async () => (await home.cli(['check', externalPort])).code === 0, 10_000, 'a free port');
    const other = spawn(process.execPath, [portServer, HARM], {
      cwd: folder,
      env: { PATH: process.env['PATH'], PORT: externalPort },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    outside.push(other);
    await new Promise((resolve) => other.stdout.once('data', resolve));
  });
  afterAll(async () => {
    for (const each of outside) each.kill('SIGKILL');
    run.process.kill('SIGTERM');
    await run.finished();
  });

  const commands: readonly (readonly string[])[] = [
    ['list', '--external'],
    ['scan'],
    ['whose', '<port>'],
    ['whose', '<external>'],
    ['check', '<port>'],
    ['check', '<external>'],
    ['run', '--port', '<external>', '--', 'true'],
    ['run', '--prefer', '<external>', '--', 'true', HARM],
    ['run', '--dry-run', '--', 'vite', HARM],
    ['run', '--dry-run', HARM],
    ['run', '--if-running', 'fail', '--name', 'web', '--', 'true'],
    ['run', '--', HARM],
    ['run', '--name', HARM, '--', 'true'],
    ['status'],
    ['doctor'],
    ['audit'],
    ['env'],
    ['url', 'web'],
    ['wait', 'web'],
    ['logs', HARM],
    ['stop', HARM],
    ['suggest', HARM],
    ['allocate', '--type', HARM],
    ['release', HARM],
    ['list', '--type', HARM],
    ['list', '--project', HARM],
    ['instances', 'register', HARM],
    ['instances', 'remove', HARM],
    ['instances', 'list'],
    ['config', 'show', '--origin'],
    ['config', 'path'],
    ['config', 'validate'],
    ['config', 'validate', HARM],
    ['init', '--dry-run'],
    ['init', '--check'],
    ['hook', 'status', '--agent', 'claude-code'],
    ['hook', 'install', '--agent', HARM],
    [HARM],
    ['list', `--${HARM}`],
  ];

  const expectClean = (exit: Exit, colours?: 'colours'): void => {
    for (const text of [exit.stdout, exit.stderr]) {
      expect(unprintableIn(text, colours), exit.story).toEqual([]);
      // What others have written begins no line.
      expect(text, exit.story).not.toMatch(/^styxy: error\[FORGED\]/m);
    }
  };
  const FORMS = ['text', 'colours', 'json'] as const;
  /** @param turn of which form it is, one after the other */
  const runs = async (words: readonly string[], turn: number, where = folder): Promise<void> => {
    const known: Readonly<Record<string, string>> = { '<port>': port, '<external>': externalPort };
    const args = words.map((word) => known[word] ?? word);
    for (const form of usually(FORMS, (_, at) => at === turn % FORMS.length)) {
      const end = args.includes('--') ? args.indexOf('--') : args.length;
      const own = form === 'json' ? args.toSpliced(end, 0, '--json') : args;
      const env = form === 'colours' ? { FORCE_COLOR: '1' } : {};
      expectClean(await home.cli(own, { cwd: where, env }), form === 'colours' ? form : undefined);
    }
  };

  test.each(
    commands.map((words, turn) => ({ line: words.join(' ').replaceAll(HARM, '<text>'), words, turn })),
  )('are shown, and never obeyed, by `styxy $line`', async ({ words, turn }) => {
    await runs(words, turn);
  });

  /** What would not end by itself, and what would change the machine. */
  const SAFELY: Readonly<Record<string, readonly string[]>> = {
    'daemon run': ['--help'],
    // What a script of that name prints is its own affair.
    run: ['--dry-run'],
    init: ['--dry-run'],
    setup: ['--dry-run'],
    uninstall: ['--dry-run'],
    ui: ['--help'],
    up: ['--dry-run'],
    down: ['web'],
    'service install': ['--dry-run'],
    'service uninstall': ['--help'],
  };
  const leaves = leafCommands().filter(({ name }) => !name.startsWith('daemon ') || name === 'daemon logs');
  const linesOf = ({ name, valueOptions }: Leaf): string[][] => {
    const words = [...name.split(' '), ...(SAFELY[name] ?? [])];
    return [
      words,
      [...words, HARM],
      [...words, HARM, HARM],
      ...valueOptions.map((each) => [...words, each, HARM]),
    ];
  };

  test('have every command of the table', () => {
    expect(leaves.length).toBeGreaterThan(45);
  });
  test.each(leaves)(
    'are shown, and never obeyed, by `styxy $name`, as a word and as each value',
    async (leaf) => {
      const turn = leaves.indexOf(leaf);
      const [alone = [], ...withText] = linesOf(leaf);
      const lines = [
        ...usually([alone], () => turn % 2 === 0),
        ...usually(withText, (_, at) => at === turn % withText.length),
      ];
      for (const words of lines) expectClean(await home.cli(words, { cwd: folder }));
      for (const words of usually([alone], () => turn % 4 === 1))
        expectClean(await home.cli(words, { cwd: folder, env: { FORCE_COLOR: '1' } }), 'colours');
    },
  );

  const configurations: Readonly<Record<string, string>> = {
    'styxy.config.json': JSON.stringify({
      [HARM]: 1,
      services: { web: { type: HARM, command: 3 }, [HARM]: {} },
      env: { [HARM]: HARM, A: `{${HARM}}` },
      service_types: { [HARM]: { port_range: HARM } },
    }),
    'styxy.config.yaml': `services:\n  web: {type: "a", comm\u001b[2J: *\u009b2J\n${HARM.replaceAll('\ud83d', '')}`,
    'styxy.config.mjs': `throw new Error(${JSON.stringify(HARM)})`,
    '.styxyrc': `{"services": ${HARM}`,
  };
  test.each(Object.keys(configurations))('in a bad %s do nothing either', async (name) => {
    const where = join(home.place, `config-${name}`);
    mkdirSync(join(where, '.git'), { recursive: true });
    writeFileSync(join(where, name), configurations[name]!);
    for (const [turn, words] of [
      ['config', 'validate'],
      ['config', 'show', '--origin'],
      ['env'],
      ['doctor'],
      ['list', '--type', 'x'],
      ['run', '--dry-run', 'web'],
      ['run', '--', 'true'],
    ].entries())
      await runs(words, turn + Object.keys(configurations).indexOf(name), where);
  });

  test('reach JSON as they are', async () => {
    const { allocations } = await home.json<{ allocations: { command: string; branch: string }[] }>(['list']);
    expect(allocations.map(({ command }) => command)).toContain(withoutC0(HARM));
    expect(allocations.map(({ branch }) => branch)).toContain(BRANCH);
  });
});
