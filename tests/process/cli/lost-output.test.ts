import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { BIN, styxyHome } from '../../support/home.ts';
import { startProgram } from '../../support/start-program.ts';

describe.skipIf(!existsSync('/dev/full'))('on a full disk (/dev/full)', () => {
  const home = styxyHome();
  const print = (...args: string[]) =>
    startProgram(['sh', '-c', '"$@" > /dev/full', 'sh', process.execPath, BIN, ...args], {
      cwd: home.place,
      env: home.env,
    }).finished();

  test.each([
    [['list', '--json']],
    [['config', 'show']],
    [['suggest']],
    [['allocate', '--type', 'dev', '--ttl', '1s']],
  ])('`%j` does not say that all went well', async (args) => {
    const exit = await print(...args);
    expect(exit.code, exit.story).toBe(74);
    expect(exit.stderr).toMatch(/^styxy: error\[OUTPUT_LOST\]: .*\n {2}why: ENOSPC.*\n {2}try: /m);
  });

  test('a refusal stays what it is', async () => {
    const exit = await print('check', '0', '--json');
    expect(exit.code, exit.story).toBe(64);
    expect(exit.stderr).toContain('error[INVALID_PORT]');
  });
});

describe('when its output has no reader (`| head -1`)', () => {
  const home = styxyHome();

  test.each([['--help'], ['--version'], ['run --help'], ['help list'], ['list --json'], ['config schema']])(
    '`styxy %s` ends without a word',
    async (words) => {
      const child = spawn(process.execPath, [BIN, ...words.split(' ')], { cwd: home.place, env: home.env });
      child.stdout.destroy();
      const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
      expect([code, said]).toEqual([0, '']);
    },
  );

  test('`styxy run` ends as its command does: of the signal that a writer gets then', async () => {
    const command = ['run', '--', 'sh', '-c', 'echo one; exit 6'];
    const child = spawn(process.execPath, [BIN, ...command], { cwd: home.place, env: home.env });
    child.stdout.destroy();
    expect(await once(child, 'exit')).toEqual([null, 'SIGPIPE']);
  });
});
