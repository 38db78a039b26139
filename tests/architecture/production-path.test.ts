import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { projectConfigSchema, userConfigSchema } from '../../src/settings/schema.ts';
import { readSources, sourceFile, type SourceFile } from '../support/source-tree.ts';

/** Tests go the way that users go: what runs can not know that it is tested. */

const bin = 'bin/styxy.js';
const sources = [
  ...readSources(),
  sourceFile(bin, readFileSync(fileURLToPath(new URL(`../../${bin}`, import.meta.url)), 'utf8')),
];

/** CONTRACT 3, and what the wrapper says to its child and to the script shell it chooses. */
const VARIABLES = new Set(
  (
    'HOME HTTP_PORT INSTANCE LOG NAMES NO_DAEMON SHOW_FULL_KEY SKIP_AUTH TRUST ' +
    'PORT URL NAME_URL SERVICE SERVERS LOCK_ID REMAP SCRIPT SCRIPTS SCRIPT_SHELL VARIABLES VERSION BUILD'
  )
    .split(' ')
    .map((name) => `STYXY_${name}`),
);

/** The one switch of the contract that is for tests: the files that may know it, and what each does with it. */
const MAY_SKIP_AUTH: Readonly<Record<string, string>> = {
  'src/daemon/main.ts': 'reads it once, from its own environment, and says so in its status',
  'src/daemon/http/server.ts': 'leaves out the check of the token on the TCP port, and nothing else',
  'src/client/spawn-daemon.ts':
    'hands it on to a daemon that `styxy daemon start` or `restart` starts, to no other',
  'src/settings/environment.ts': 'describes it',
};

const TEST_SWITCH =
  /\b(NODE_ENV|VITEST\w*|JEST\w*|MOCHA\w*|PLAYWRIGHT\w*|import\.meta\.(?:env|vitest)|(?:is|in|for|under|when)_?tests?(?:ing|_?mode|_?run)?|test_?(?:mode|only)|mock\w*)\b/gi;

/** It names tools that test, and shells, as data: nothing there reads a variable or starts a program. */
const isTable = (path: string): boolean => /^src\/(tools|init)\//.test(path);

function switchesOf({ path, code }: SourceFile): string[] {
  const own = [...code.matchAll(/\bSTYXY_\w+/g)]
    .map(([name]) => name.replace(/_$/, ''))
    .filter((name) => !VARIABLES.has(name));
  const tests = isTable(path) ? [] : [...code.matchAll(TEST_SWITCH)].map(([word]) => word);
  const skips = /skip_?auth/i.test(code) && !Object.hasOwn(MAY_SKIP_AUTH, path) ? ['skipAuth'] : [];
  return [...own, ...tests, ...skips].map((word) => `${path}: ${word}`);
}

describe('a switch that only tests use', () => {
  test('is nowhere in durability, locking, authentication or anything else', () => {
    expect(sources.length).toBeGreaterThan(200);
    expect(sources.flatMap(switchesOf)).toEqual([]);
  });

  test('but for the one of the contract is known to nobody, and that one only where it must be', () => {
    const known = sources.filter(({ code }) => /skip_?auth/i.test(code)).map(({ path }) => path);
    expect(known.toSorted()).toEqual(Object.keys(MAY_SKIP_AUTH).toSorted());
  });

  test.each([
    `if (process.env.NODE_ENV === 'test') return;`,
    `const fast = env['VITEST'] !== undefined;`,
    `if (env.STYXY_TEST_DISK) skip();`,
    `const isTest = argv.includes('--x');`,
    `export function createLock({ testMode }: Options) {}`,
    `if (options.skipAuth) return true;`,
  ])('would be found: %s', (code) => {
    expect(switchesOf(sourceFile('src/daemon/ledger/journal.ts', code))).toHaveLength(1);
  });

  test.each([`const latest = newest(list);`, `env.STYXY_HOME`, `const contest = attest(protest);`])(
    'is not seen in %s',
    (code) => {
      expect(switchesOf(sourceFile('src/daemon/ledger/journal.ts', code))).toEqual([]);
    },
  );
});

/** A program is started by its file and its arguments. A shell would read what others wrote: names, paths, branches. */
const SHELL =
  /\bshell: *(?:true|['"]\/|process\b)|\bexec(?:Sync)?\(|\bexecaCommand|\beval\(|new Function\(|['"](?:sh|bash|cmd(?:\.exe)?)['"],/g;

/** The files that may ask one, and what it reads. */
const MAY_USE_SHELL: Readonly<Record<string, string>> = {
  'src/system/process/command-words.ts':
    'the command line that a user wrote into a configuration, or into the set-up of tests',
  'src/cli/init/dependency.ts': 'the command of a package manager, which is a batch file on Windows',
  'src/cli/hook/settings/dry-call.ts':
    'our own command line in the settings of an agent, run as the agent does',
  'src/system/process/resource-limits.ts':
    'our own `ulimit` before the daemon takes its place: nothing else can change a limit',
};

function shellsOf({ path, code }: SourceFile): string[] {
  const calls = code.replaceAll(/\w+\.exec\(|\)\.exec\(|\/[a-z]*\.exec\(/g, '');
  return [...calls.matchAll(SHELL)].map(([words]) => `${path}: ${words}`);
}

describe('a shell', () => {
  test('is asked to read nothing', () => {
    const others = sources.filter(({ path }) => !Object.hasOwn(MAY_USE_SHELL, path) && !isTable(path));
    expect(others.length).toBeGreaterThan(200);
    expect(others.flatMap(shellsOf)).toEqual([]);
  });

  test.each([
    `spawn(line, { shell: true });`,
    `execSync('kill ' + pid);`,
    `exec(command, done);`,
    `await execaCommand(line);`,
    `spawn('sh', ['-c', line]);`,
  ])('would be found: %s', (code) => {
    expect(shellsOf(sourceFile('src/run/child/supervise.ts', code))).not.toEqual([]);
  });
});

interface Schema {
  readonly type: string;
  readonly entries?: Readonly<Record<string, Schema>>;
  readonly wrapped?: Schema;
  readonly value?: Schema;
}

function* settingsIn({ entries = {}, wrapped, value }: Schema): Generator<string> {
  for (const [name, schema] of Object.entries(entries)) {
    yield name;
    yield* settingsIn(schema);
  }
  if (wrapped) yield* settingsIn(wrapped);
  if (value && typeof value === 'object') yield* settingsIn(value);
}

test('every setting is read by something', () => {
  const settings = new Set([...settingsIn(userConfigSchema), ...settingsIn(projectConfigSchema)]);
  expect(settings.size).toBeGreaterThan(30);
  settings.delete('$schema');
  const readers = sources.filter(({ path }) => path !== 'src/settings/schema.ts');
  const isRead = (name: string): boolean => {
    const word = new RegExp(`(?<![\\w'"-])${name}(?![\\w'"-])`);
    return readers.some(({ code }) => word.test(code));
  };
  expect([...settings].filter((name) => !isRead(name))).toEqual([]);
  expect(isRead('backoff_jitter_ms')).toBe(false);
});
