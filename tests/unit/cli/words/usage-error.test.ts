import { expect, test } from 'vitest';
import { createContext } from '../../../../src/cli/context.ts';
import { executeProgram } from '../../../../src/cli/program.ts';

const complaintOf = (line: string) =>
  executeProgram(line.split(' '), createContext({}, '/')).then(
    () => expect.unreachable(`"${line}" is understood`),
    (error: unknown) => error,
  );

test.each([
  ['check', { message: "missing required argument 'port'", hint: 'styxy check --help' }],
  [
    'check 1 2',
    {
      message: "too many arguments for 'check'",
      why: 'expected 1 argument but got 2',
      hint: 'styxy check --help',
    },
  ],
  ['run --prot=3', { message: "unknown option '--prot=3'", hint: 'did you mean --port?' }],
  ['check 3000 -x', { message: "unknown option '-x'", hint: 'styxy check --help' }],
  ['run --port', { message: "option '--port <port>' needs a value", hint: 'styxy run --help' }],
  ['config shwo', { message: "unknown command 'shwo'", hint: 'did you mean show?' }],
  ['allocate', { message: expect.stringContaining('--type <type>'), hint: 'styxy allocate --help' }],
  ['allocate --type a --pid 1 --ttl 1m', { message: expect.stringMatching(/--pid <pid>.*--ttl <time>/) }],
  ['list --jsn', { hint: 'did you mean --json?' }],
  ['run --prot 3', { message: "unknown option '--prot'", hint: 'did you mean --port?' }],
  ['list --nonsense-that-nobody-means', { hint: 'styxy list --help' }],
  ['config auto-allocation undo', { hint: 'styxy config auto-allocation undo --help' }],
  [
    'run --if-running maybe',
    {
      message: '--if-running <what> can\'t be "maybe"',
      why: 'it is one of new, reuse, replace, fail',
      hint: 'styxy run --help',
    },
  ],
  [
    'run --port 0x',
    { message: '--port <port> can\'t be "0x"', why: 'a port is a whole number from 1 to 65535' },
  ],
  ['chekc 3000', { message: "unknown command 'chekc'", hint: 'did you mean check?' }],
  ['npm run dev', { hint: expect.stringMatching(/styxy --help.*styxy run -- npm run dev$/) }],
  ['help nope', { message: "unknown command 'nope'", hint: 'styxy --help lists them' }],
  ['daemon', { why: 'it is one of start, stop, restart, status, logs, run', hint: 'styxy daemon --help' }],
])('`styxy %s` is told what is wrong, and where to look', async (line, told) => {
  expect(await complaintOf(line)).toMatchObject({ code: 'USAGE', ...told });
});
