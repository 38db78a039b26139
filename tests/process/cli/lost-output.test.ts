import { existsSync } from 'node:fs';
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
