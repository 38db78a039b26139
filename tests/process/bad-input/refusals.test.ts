import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { expectError, expectJsonError } from '../../support/complaints.ts';
import { styxyHome } from '../../support/home.ts';

interface Case {
  readonly args: readonly string[];
  readonly code: number;
  readonly error: string;
  /** Words that help: the value, what is known, what was meant. */
  readonly says?: RegExp;
}

const aPort = /whole number from 1 to 65535/i;

/** What a person or a script may well type; `run` cases end before anything is started. */
const CASES: readonly Case[] = [
  { args: ['lst'], code: 64, error: 'USAGE', says: /unknown command 'lst'[\s\S]*did you mean list/ },
  { args: ['help', 'lst'], code: 64, error: 'USAGE', says: /unknown command 'lst'/ },
  { args: ['--bogus'], code: 64, error: 'USAGE', says: /--bogus/ },
  { args: ['list', '--bogus'], code: 64, error: 'USAGE', says: /unknown option '--bogus'/ },
  { args: ['run', '--bogus', '--', 'true'], code: 64, error: 'USAGE', says: /unknown option '--bogus'/ },
  { args: ['run', '--prot', '3000', '--', 'true'], code: 64, error: 'USAGE', says: /did you mean --port/ },
  { args: ['run'], code: 64, error: 'USAGE', says: /no command/ },
  { args: ['run', '--'], code: 64, error: 'USAGE', says: /no command/ },
  { args: ['run', '--name', 'web', '--'], code: 64, error: 'USAGE', says: /no command/ },
  { args: ['run', '--port'], code: 64, error: 'USAGE', says: /--port <port>/ },
  { args: ['run', '--port', '0', '--', 'true'], code: 64, error: 'USAGE', says: aPort },
  { args: ['run', '--port', '70000', '--', 'true'], code: 64, error: 'USAGE', says: aPort },
  { args: ['run', '--port', '3000abc', '--', 'true'], code: 64, error: 'USAGE', says: aPort },
  { args: ['run', '--prefer', '-1', '--', 'true'], code: 64, error: 'USAGE', says: aPort },
  { args: ['run', '--retries', 'many', '--', 'true'], code: 64, error: 'USAGE', says: /"many"/ },
  { args: ['run', '--wait', '--timeout', 'soon', '--', 'true'], code: 64, error: 'USAGE', says: /"soon"/ },
  { args: ['run', '--name', 'a/b', '--', 'true'], code: 64, error: 'INVALID_NAME', says: /"a\/b"/ },
  { args: ['run', '--env', 'A=B', '--', 'true'], code: 64, error: '(USAGE|INVALID_NAME)', says: /A=B/ },
  {
    args: ['run', '--type', 'dve', '--', 'true'],
    code: 64,
    error: 'UNKNOWN_TYPE',
    says: /did you mean "dev"/,
  },
  { args: ['run', '--port', '80', '--', 'true'], code: 64, error: 'PORT_NOT_ALLOWED', says: /below 1024/ },
  { args: ['run', '--port', '6000', '--', 'true'], code: 64, error: 'PORT_NOT_ALLOWED', says: /browsers/ },
  { args: ['run', '--type', 'pair', '--', 'true'], code: 75, error: 'RANGE_FULL', says: /2 of 2 are leased/ },
  {
    args: ['run', '--', 'no-such-command-here'],
    code: 127,
    error: 'COMMAND_NOT_FOUND',
    says: /no-such-command-here/,
  },
  { args: ['run', '--', './not/here'], code: 127, error: 'COMMAND_NOT_FOUND', says: /\.\/not\/here/ },
  { args: ['run', '--', './not-executable'], code: 126, error: 'COMMAND_NOT_EXECUTABLE', says: /chmod \+x/ },
  { args: ['run', '--', '/'], code: 126, error: 'COMMAND_NOT_EXECUTABLE' },
  { args: ['scan', '--range', '9-3'], code: 64, error: 'USAGE', says: /ends before it begins/ },
  { args: ['scan', '--range', '1-65536'], code: 64, error: 'USAGE', says: /1-65536/ },
  { args: ['scan', '--range', '3000-'], code: 64, error: 'USAGE', says: /like 3000-3999/ },
  { args: ['check', '99999'], code: 64, error: 'INVALID_PORT', says: /"99999"/ },
  { args: ['whose', 'web'], code: 64, error: 'INVALID_PORT', says: /"web"/ },
  { args: ['allocate'], code: 64, error: 'USAGE', says: /--type <type>/ },
  { args: ['allocate', '--type', 'dve'], code: 64, error: 'UNKNOWN_TYPE', says: /did you mean "dev"/ },
  { args: ['allocate', '--type', 'pair'], code: 75, error: 'RANGE_FULL', says: /2 of 2 are leased/ },
  { args: ['allocate', '--type', 'dev', '--port', '0'], code: 64, error: 'USAGE', says: aPort },
  { args: ['allocate', '--type', 'dev', '--ttl', '5y'], code: 64, error: 'USAGE', says: /"5y"/ },
  { args: ['allocate', '--type', 'dev', '--ttl', '31d'], code: 64, error: 'USAGE', says: /at most 30d/ },
  { args: ['allocate', '--type', 'dev', '--pid', '0'], code: 64, error: 'USAGE', says: /running process/ },
  {
    args: ['allocate', '--type', 'dev', '--pid', '4194305'],
    code: 64,
    error: 'INVALID_REQUEST',
    says: /4194305/,
  },
  {
    args: ['allocate', '--type', 'coordination', '--port', '9876'],
    code: 64,
    error: 'PORT_NOT_ALLOWED',
    says: /daemon/,
  },
  { args: ['release', 'not-a-lock-id'], code: 1, error: 'LEASE_NOT_FOUND' },
  { args: ['release', '00000000-0000-4000-8000-000000000000'], code: 1, error: 'LEASE_NOT_FOUND' },
  { args: ['release', '../../etc/passwd'], code: 1, error: 'LEASE_NOT_FOUND' },
  { args: ['release', ''], code: 64, error: 'USAGE', says: /an argument is empty/ },
  { args: ['suggest', ''], code: 64, error: 'USAGE', says: /an argument is empty/ },
  { args: ['instances', 'remove', ''], code: 64, error: 'USAGE', says: /an argument is empty/ },
  { args: ['release', '70000'], code: 64, error: 'INVALID_PORT' },
  { args: ['check'], code: 64, error: 'USAGE', says: /'port'/ },
  { args: ['check', '0'], code: 64, error: 'INVALID_PORT', says: aPort },
  { args: ['check', '70000'], code: 64, error: 'INVALID_PORT', says: aPort },
  { args: ['check', '3000abc'], code: 64, error: 'INVALID_PORT', says: /"3000abc"/ },
  { args: ['check', '3000', '4000'], code: 64, error: 'USAGE', says: /too many arguments/ },
  { args: ['whose', '3e3'], code: 64, error: 'INVALID_PORT', says: /"3e3"/ },
  { args: ['suggest', 'dve'], code: 64, error: 'UNKNOWN_TYPE', says: /did you mean "dev"/ },
  { args: ['suggest', '--count', '0'], code: 64, error: 'USAGE', says: /1 to 100/ },
  { args: ['suggest', '--count', '1000'], code: 64, error: 'USAGE', says: /1 to 100/ },
  { args: ['list', '--type', 'dve'], code: 64, error: 'UNKNOWN_TYPE', says: /did you mean "dev"/ },
  { args: ['wait', '70000'], code: 64, error: 'INVALID_PORT' },
  { args: ['wait', 'nobody', '--timeout', '100ms'], code: 1, error: 'TIMED_OUT', says: /nobody/ },
  { args: ['url', 'nobody'], code: 1, error: 'LEASE_NOT_FOUND', says: /"nobody" does not run here/ },
  { args: ['env', '--format', 'xml'], code: 64, error: 'USAGE', says: /dotenv, shell, json/ },
  { args: ['daemon', 'bogus'], code: 64, error: 'USAGE', says: /'bogus'/ },
  { args: ['daemon'], code: 64, error: 'USAGE', says: /command|start/ },
  { args: ['completion', 'tcsh'], code: 64, error: 'USAGE', says: /bash, zsh or fish/ },
];

describe('bad input', () => {
  const home = styxyHome({
    types: ({ first, last }) => ({
      dev: { port_range: [first, last - 2] },
      pair: { port_range: [last - 1, last] },
    }),
  });

  test('makes the table: two leases fill the range of two ports', async () => {
    writeFileSync(join(home.place, 'not-executable'), '#!/bin/sh\n', { mode: 0o644 });
    for (let index = 0; index < 2; index++) await home.json(['allocate', '--type', 'pair', '--ttl', '1h']);
  });

  test.each(CASES.map((each) => ({ ...each, line: each.args.join(' ') })))(
    '`styxy $line` ends with $code and says what, why and what to try',
    async ({ args, code, error, says }) => {
      const exit = await home.cli(args);
      expectError(exit, code, new RegExp(error));
      if (says) expect(exit.stderr).toMatch(says);
    },
  );

  test.each(
    CASES.filter(({ args }) =>
      ['check', 'release', 'allocate', 'suggest', 'whose', 'list'].includes(args[0]!),
    ).map((each) => ({ ...each, line: each.args.join(' ') })),
  )('`styxy $line --json` prints the same as one JSON document', async ({ args, code, error }) => {
    expectJsonError(await home.cli([...args, '--json']), code, error);
  });

  test('costs nothing: no lease came of it, and the daemon answers as before', async () => {
    const { allocations } = await home.json<{ allocations: { service_type: string }[] }>(['list']);
    expect(allocations.map((each) => each.service_type)).toEqual(['pair', 'pair']);
    expect(home.daemons().length).toBe(1);
  });
});

describe('a config.json that is not valid', () => {
  const home = styxyHome();

  test.each([
    ['no JSON', '{"service_types": {', /JSON/],
    ['an unknown setting', '{"service_typs": {}}', /service_typs.*did you mean "service_types"/],
    ['a range upside down', '{"service_types": {"dev": {"port_range": [4000, 3000]}}}', /port_range/],
    ['ranges that overlap', '{"service_types": {"mine": {"port_range": [3050, 3060]}}}', /overlap/],
    ['a port that is none', '{"service_types": {"dev": {"port_range": [0, 70000]}}}', /port_range/],
  ])('(%s) is named by `status`, and the built-in settings are in force', async (_, text, words) => {
    writeFileSync(join(home.path, 'config.json'), text);
    const restart = await home.cli(['daemon', 'restart']);
    expect(restart.code, restart.story).toBe(0);
    const status = await home.cli(['status']);
    expect(status.code, status.story).toBe(0);
    expect(status.stdout).toMatch(words);
    expect(status.stdout).toContain('the built-in settings are in force');
    const { suggestions } = await home.json<{ suggestions: number[] }>(['suggest', 'dev']);
    expect(suggestions[0]).toBeGreaterThanOrEqual(3000);
    expect(suggestions[0]).toBeLessThan(3100);
  });
});

describe('an environment that is not valid', () => {
  const home = styxyHome();

  test('(STYXY_HTTP_PORT=abc) keeps the daemon from starting, not the command from running', async () => {
    const env = { STYXY_HTTP_PORT: 'abc' };
    const run = await home.cli(['run', '--', 'sh', '-c', 'exit 3'], { env });
    expect(run.code, run.story).toBe(3);
    expect(run.stderr).toMatch(/^styxy: warning: no daemon/);
    expect(run.stderr).toContain('STYXY_HTTP_PORT: "abc" is not a port');
    const start = await home.cli(['daemon', 'run'], { env });
    expectError(start, 64, 'USAGE');
    expect(start.stderr).toContain('STYXY_HTTP_PORT: "abc" is not a port');
  });

  test('an option that another command has is not proposed once more', async () => {
    const exit = await home.cli(['completion', 'bash', '--json']);
    expectJsonError(exit, 64, 'USAGE');
    expect(exit.stderr).toContain('try: styxy completion --help');
  });
});
