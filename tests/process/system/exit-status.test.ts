import { constants } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundleTs, type Program } from '../../support/run-ts.ts';
import { ended, start } from './programs.ts';

/** Prints what runs after the call, which must be nothing. */
const SOURCE = `
  import { dieLike } from './src/system/process/exit-status.ts';
  const status = JSON.parse(process.argv[2]);
  for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(name, () => console.log('handler'));
  process.on('exit', (code) => { if (status.signal) console.log('exit', code); });
  setInterval(() => console.log('timer'), 1);
  setTimeout(() => {
    process.nextTick(() => console.log('tick'));
    Promise.resolve().then(() => console.log('promise'));
    dieLike(status);
    console.log('after');
  }, 0);
`;

let program: Program;
beforeAll(async () => {
  program = await bundleTs(SOURCE);
});
afterAll(() => program[Symbol.asyncDispose]());

async function ending(status: { code: number | null; signal: string | null }) {
  const run = start(process.execPath, [program.path, JSON.stringify(status)]);
  let output = '';
  run.child.stdout?.on('data', (chunk) => (output += String(chunk)));
  const [code, signal] = await ended(run);
  const trace = output.split('\n').filter((line) => line !== '' && line !== 'timer');
  return { code, signal, trace };
}

test.each([0, 1, 7, 255])('a child that exited with %i makes us exit with it', async (code) => {
  expect(await ending({ code, signal: null })).toEqual({ code, signal: null, trace: [] });
});

describe.runIf(process.platform !== 'win32')('signals', () => {
  test.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGKILL', 'SIGUSR1', 'SIGUSR2', 'SIGPIPE', 'SIGALRM'])(
    'a child that died of %s makes us die of it, and nothing of ours runs after it',
    async (signal) => {
      expect(await ending({ code: null, signal })).toEqual({ code: null, signal, trace: [] });
    },
  );

  test.each(['SIGQUIT', 'SIGABRT', 'SIGSEGV', 'SIGBUS', 'SIGXCPU'] as const)(
    'a child that dumped its core at %s makes us exit with its number, without a core of our own',
    async (signal) => {
      const code = 128 + constants.signals[signal];
      expect(await ending({ code: null, signal })).toEqual({ code, signal: null, trace: [`exit ${code}`] });
    },
  );

  test.runIf(process.platform === 'linux' && process.getuid?.() === 0)(
    'process 1 of a container, which no signal of its own ends, exits with its number',
    async () => {
      const status = JSON.stringify({ code: null, signal: 'SIGTERM' });
      const args = ['--pid', '--fork', process.execPath, program.path, status];
      expect(await ended(start('unshare', args))).toEqual([128 + constants.signals.SIGTERM, null]);
    },
  );
});
