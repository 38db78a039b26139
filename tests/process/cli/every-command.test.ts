import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ERRORS, type ErrorCode } from '../../../src/base/error-codes.ts';
import { AGENTS } from '../../../src/hook/agents/table.ts';
import { leafCommands } from '../../support/commands.ts';
import { expectError, expectJsonError } from '../../support/complaints.ts';
import { styxyHome, type Exit, type StyxyHome } from '../../support/home.ts';
import { portServer } from '../../support/port-server.ts';

/** An exit code with an answer, or the code of the error that is told. */
type Outcome = number | ErrorCode;

interface Row {
  readonly command: string;
  /** What stands behind the command; made anew for each run. */
  readonly args?: (home: StyxyHome) => string[] | Promise<string[]>;
  /** With a daemon that has a few leases. */
  readonly up: Outcome;
  /** Without a daemon, when none may be started. */
  readonly down: Outcome;
  /** Its text is JSON: one document, or one in each line. */
  readonly printsJson?: 'document' | 'lines';
}

const UNREACHABLE = 'DAEMON_UNREACHABLE';

const leasedPort = async (home: StyxyHome): Promise<string[]> => {
  if (!home.daemon()) return ['3000'];
  return [String((await home.api.allocate({ ttl_ms: 60_000 })).port)];
};
const madeType = async (home: StyxyHome): Promise<string[]> => {
  if (home.daemon()) await home.api.release((await home.api.allocate({ service_type: 'gizmo' })).lock_id);
  return ['gizmo'];
};
const backup = (home: StyxyHome): string[] => {
  const file = join(home.place, 'backup.json');
  copyFileSync(join(home.path, 'config.json'), file);
  return [file];
};
const registered = async (home: StyxyHome): Promise<string[]> => {
  if (home.daemon()) await home.cli(['instances', 'register', 'visitor']);
  return ['visitor'];
};

const upHere = (home: StyxyHome): string[] => {
  const file = join(home.place, 'styxy.config.json');
  writeFileSync(file, JSON.stringify({ services: { page: { command: 'node -e 0' } } }));
  return [];
};

const HOOKS = AGENTS.map(({ name }) => `hook ${name}`);

/** Every command once; what each answers is looked at elsewhere. */
const ROWS: readonly Row[] = [
  { command: 'run', args: () => ['--dry-run', '--', 'node', '-e', '0'], up: 0, down: UNREACHABLE },
  { command: 'up', args: (home) => ['--dry-run', ...upHere(home)], up: 0, down: UNREACHABLE },
  { command: 'down', up: 0, down: UNREACHABLE },
  { command: 'stop', args: leasedPort, up: 0, down: UNREACHABLE },
  {
    command: 'restart',
    args: (home) => [home.daemon() ? 'web' : 'nobody'],
    up: 0,
    down: UNREACHABLE,
  },
  { command: 'logs', args: (home) => [home.daemon() ? 'web' : 'nobody'], up: 0, down: 'NOT_LOGGED' },
  { command: 'allocate', args: () => ['--type', 'dev', '--ttl', '1m'], up: 0, down: UNREACHABLE },
  { command: 'release', args: leasedPort, up: 0, down: UNREACHABLE },
  { command: 'forget', up: 0, down: UNREACHABLE },
  { command: 'check', args: leasedPort, up: 1, down: UNREACHABLE },
  { command: 'suggest', args: () => ['dev', '--count', '3'], up: 0, down: UNREACHABLE },
  { command: 'list', args: () => ['--external'], up: 0, down: UNREACHABLE },
  { command: 'whose', args: leasedPort, up: 0, down: UNREACHABLE },
  { command: 'wait', args: () => ['web'], up: 0, down: UNREACHABLE },
  { command: 'env', up: 0, down: UNREACHABLE },
  { command: 'url', args: () => ['web'], up: 0, down: UNREACHABLE },
  { command: 'open', args: () => ['web'], up: 0, down: UNREACHABLE },
  { command: 'switch', args: () => ['web'], up: 'USAGE', down: 'USAGE' },
  { command: 'ui', up: 'USAGE', down: 'USAGE' },
  { command: 'status', up: 0, down: 1 },
  { command: 'cleanup', up: 0, down: UNREACHABLE },
  { command: 'scan', up: 0, down: UNREACHABLE },
  { command: 'audit', up: 0, down: UNREACHABLE },
  { command: 'metrics', up: 0, down: UNREACHABLE },
  { command: 'instances list', up: 0, down: UNREACHABLE },
  { command: 'instances register', args: () => ['visitor'], up: 0, down: UNREACHABLE },
  { command: 'instances heartbeat', args: registered, up: 0, down: UNREACHABLE },
  { command: 'instances remove', args: registered, up: 0, down: UNREACHABLE },
  { command: 'daemon start', up: 0, down: UNREACHABLE },
  { command: 'daemon stop', up: 0, down: 0 },
  { command: 'daemon restart', up: 0, down: UNREACHABLE },
  { command: 'daemon status', up: 0, down: 1 },
  { command: 'daemon logs', up: 0, down: 0, printsJson: 'lines' },
  { command: 'dashboard', up: UNREACHABLE, down: UNREACHABLE },
  { command: 'doctor', up: 0, down: 0 },
  { command: 'service install', args: () => ['--dry-run'], up: 0, down: 0 },
  { command: 'service uninstall', up: 0, down: 0 },
  { command: 'service status', up: 1, down: 1 },
  { command: 'config show', args: () => ['--origin'], up: 0, down: 0 },
  { command: 'config validate', up: 0, down: 0 },
  { command: 'config restore', args: backup, up: 0, down: 0 },
  { command: 'config undo-auto-allocation', args: madeType, up: 0, down: UNREACHABLE },
  { command: 'config trust', up: 0, down: 0 },
  { command: 'config path', up: 0, down: 0 },
  { command: 'config schema', up: 0, down: 0, printsJson: 'document' },
  { command: 'config instances', up: 0, down: 0 },
  { command: 'config auto-allocation status', up: 0, down: UNREACHABLE },
  { command: 'config auto-allocation enable', up: 0, down: UNREACHABLE },
  { command: 'config auto-allocation disable', up: 0, down: UNREACHABLE },
  { command: 'config auto-allocation enable', up: 0, down: UNREACHABLE },
  { command: 'config auto-allocation list', up: 0, down: UNREACHABLE },
  { command: 'config auto-allocation undo', args: madeType, up: 0, down: UNREACHABLE },
  { command: 'completion', args: () => ['bash'], up: 0, down: 0 },
  { command: 'init', up: 'USAGE', down: 'USAGE' },
  { command: 'setup', args: () => ['--dry-run'], up: 0, down: 0 },
  { command: 'uninstall', args: () => ['--dry-run'], up: 0, down: 0 },
  { command: 'mcp', up: 0, down: 0 },
  ...['install', 'status', 'print', 'uninstall'].map(
    (word) => ({ command: `hook ${word}`, args: () => ['--agent', 'claude-code'], up: 0, down: 0 }) as const,
  ),
  ...HOOKS.map((command) => ({ command, up: 0, down: 0 }) as const),
];

/** Without `--json`, and why. */
const WITHOUT_JSON: Readonly<Record<string, string>> = {
  completion: 'it prints a script for a shell',
  mcp: 'it speaks the Model Context Protocol',
  ui: 'it draws on a terminal',
  'daemon run': 'it is the daemon; tests/process/daemon/start-and-stop.test.ts runs it',
  ...Object.fromEntries(HOOKS.map((command) => [command, 'its answer is what that agent reads'])),
};

/** They succeed without a daemon as with one, and print something else. */
const DIFFERS_WITH_DAEMON = new Set(['daemon stop', 'daemon logs', 'doctor', 'config instances']);

const commands = leafCommands();

const withJson = ({ command }: Row): boolean => !Object.hasOwn(WITHOUT_JSON, command);

/** Words that only a program that forgot something says to people. */
const FORGOTTEN = /(?<![\w/.-])(undefined|null|NaN|\[object \w+\]|Invalid Date|Infinity)(?![\w-])/;

function expectText(exit: Exit, outcome: Outcome, printsJson?: Row['printsJson']): void {
  if (typeof outcome === 'string') expectError(exit, ERRORS[outcome].exit, outcome);
  else expect(exit.code, exit.story).toBe(outcome);
  if (printsJson === 'document') JSON.parse(exit.stdout);
  else if (printsJson === 'lines')
    for (const line of exit.stdout.split('\n').filter(Boolean)) JSON.parse(line);
  else expect(exit.stdout).not.toMatch(FORGOTTEN);
  expect(exit.stderr).not.toMatch(FORGOTTEN);
}

function expectDocument(exit: Exit, outcome: Outcome): void {
  if (typeof outcome === 'string') return expectJsonError(exit, ERRORS[outcome].exit, outcome);
  expect(exit.code, exit.story).toBe(outcome);
  expect(exit.stdout).toMatch(/^[{[][\s\S]*[\]}]\n$/);
  const document: unknown = JSON.parse(exit.stdout);
  expect(document).not.toMatchObject({ success: false });
  expect(exit.stdout).not.toMatch(/"(undefined|null|NaN|Invalid Date)"/);
}

type Form = 'text' | 'json';

async function expectForms(
  home: StyxyHome,
  row: Row,
  outcome: Outcome,
  { forms, env = {} }: { forms: readonly Form[]; env?: Record<string, string> },
): Promise<void> {
  const words = row.command.split(' ');
  const args = async () => (await row.args?.(home)) ?? [];
  if (forms.includes('text'))
    expectText(await home.cli([...words, ...(await args())], { env }), outcome, row.printsJson);
  if (forms.includes('json'))
    expectDocument(await home.cli([...words, '--json', ...(await args())], { env }), outcome);
}

const formsOf = (row: Row): readonly Form[] => (withJson(row) ? ['text', 'json'] : ['text']);

/** An error is printed in one place for all commands: each row without a daemon is asked for one form, in turn. */
const downFormsOf = (row: Row): readonly Form[] => {
  const forms = formsOf(row);
  const isSameForAll = typeof row.down === 'string' || row.down === row.up;
  return isSameForAll && !DIFFERS_WITH_DAEMON.has(row.command)
    ? [forms[ROWS.indexOf(row) % forms.length]!]
    : forms;
};

test('every command has a row, and `--json` unless there is a reason', () => {
  const rows = new Set([...ROWS.map(({ command }) => command), 'daemon run']);
  expect([...rows].toSorted()).toEqual(commands.map(({ name }) => name).toSorted());
  expect(commands.flatMap(({ name, json }) => (json ? [] : [name])).toSorted()).toEqual(
    Object.keys(WITHOUT_JSON).toSorted(),
  );
});

test('the words of a program that forgot something are noticed', () => {
  for (const text of ['pid undefined', 'http_port=null', '(NaN ms)', 'by [object Object]'])
    expect(text).toMatch(FORGOTTEN);
  for (const text of ['2>/dev/null', 'nullable', 'is-null-test']) expect(text).not.toMatch(FORGOTTEN);
});

describe.skipIf(process.platform !== 'linux')('with a daemon, as text and as JSON,', () => {
  const home = styxyHome();

  beforeAll(async () => {
    const server = ['--', process.execPath, portServer];
    await home.json(['run', '--detach', '--wait', '--name', 'web', ...server]);
    // As little as a lease can say about itself.
    await home.api.allocate({ ttl_ms: 60_000 });
    await home.json(['allocate', '--type', 'dev', '--pid', String(process.pid), '--instance', 'session-1']);
  });
  afterAll(() => home.cli(['stop', 'web']));

  test.each(ROWS)('`styxy $command` ends with $up', async (row) => {
    await expectForms(home, row, row.up, { forms: formsOf(row) });
  });

  test('`styxy stop` of a service without a worktree says where it is', async () => {
    const { port } = await home.api.allocate({ service_name: 'lonely', ttl_ms: 60_000 });
    const exit = await home.cli(['stop', 'lonely']);
    expectText(exit, 'LEASE_NOT_FOUND');
    expect(exit.stderr).toContain(`it runs outside of any worktree (port ${port})`);
  });
});

describe('without a daemon, as text and as JSON,', () => {
  const home = styxyHome();
  const expectDown = async (row: Row): Promise<void> => {
    await expectForms(home, row, row.down, { forms: downFormsOf(row), env: { STYXY_NO_DAEMON: '1' } });
    expect(home.daemons()).toEqual([]);
  };
  // The commands of the hook change one settings file, so each sees what the one before it left there.
  const isOfHook = ({ command }: Row) => command.startsWith('hook ');

  test.concurrent.each(ROWS.filter((row) => !isOfHook(row)))('`styxy $command` ends with $down', expectDown);
  test.each(ROWS.filter(isOfHook))('`styxy $command` ends with $down', expectDown);
});
