import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createOutput } from '../../../../src/cli/print/output.ts';
import { bundleTs, type Program } from '../../../support/run-ts.ts';

describe('colours', () => {
  const painted = (env: NodeJS.ProcessEnv) => createOutput(env).paint('red', 'x') !== 'x';

  test.each([
    [{}, false],
    [{ FORCE_COLOR: '1' }, true],
    [{ FORCE_COLOR: 'true' }, true],
    [{ FORCE_COLOR: '0' }, false],
    [{ FORCE_COLOR: 'false' }, false],
    [{ NO_COLOR: '1', FORCE_COLOR: '1' }, false],
    [{ NO_COLOR: '', FORCE_COLOR: '1' }, true],
    [{ TERM: 'xterm-256color' }, false],
  ])('where nobody reads, with %j: %s', (env, isPainted) => {
    // The output of a test run is no terminal.
    expect(painted({ ...env })).toBe(isPainted);
  });

  test('are switched on and off again', () => {
    const { paint, paintNote } = createOutput({ FORCE_COLOR: '1' });
    expect(paint('bold', 'x')).toBe('\u001b[1mx\u001b[22m');
    expect(paintNote('green', 'x')).toBe('\u001b[32mx\u001b[39m');
  });
});

describe('a program that writes', () => {
  let program: Program;
  beforeAll(async () => {
    program = await bundleTs(`
      import { createOutput } from './src/cli/print/output.ts';
      const out = createOutput(process.env);
      out.note('note');
      out.data('data');
      out.json({ port: 3000, name: 'wéb' });
      if (process.argv[2]) out.data('x'.repeat(Number(process.argv[2])));
      out.note('end');
    `);
  });
  afterAll(() => program[Symbol.asyncDispose]());
  const run = (command: string, ...args: string[]) =>
    spawnSync('bash', ['-o', 'pipefail', '-c', command, 'bash', process.execPath, program.path, ...args], {
      encoding: 'utf8',
    });

  test('puts data on stdout, notes on stderr, and JSON on one line of a pipe', () => {
    const { stdout, stderr } = run('"$@"');
    expect(stdout).toBe('data\n{"port":3000,"name":"wéb"}\n');
    expect(stderr).toBe('note\nend\n');
  });

  test('loses nothing in a pipe that is read slowly', () => {
    const { stdout } = run('"$@" | { sleep 0.3; wc -c; }', '1000000');
    expect(Number(stdout)).toBe('data\n{"port":3000,"name":"wéb"}\n'.length + 1 + 1_000_001);
  });

  test('ends well when nobody reads any more', () => {
    expect(run('"$@" | true', '1000000').status).toBe(0);
    expect(run('"$@" >&- 2>&-').status).toBe(0);
  });
});
