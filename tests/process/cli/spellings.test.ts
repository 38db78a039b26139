import { describe, expect, test } from 'vitest';
import { styxyHome } from '../../support/home.ts';

describe('`--json`', () => {
  const home = styxyHome();
  const jsonOf = async (...args: string[]) => {
    const exit = await home.cli(args);
    expect(exit.code, exit.story).toBe(0);
    return JSON.parse(exit.stdout) as unknown;
  };

  test.each([
    [['check', '3000']],
    [['config', 'path']],
    [['allocate', '--type', 'dev', '--ttl', '1h']],
    [['run', '--dry-run', '--', 'true']],
    [['run', '--dry-run', 'true']],
  ])('stands before the command as well as behind it: %j', async (args) => {
    const end = args.includes('--') ? args.indexOf('--') : args[0] === 'run' ? 1 : args.length;
    const before = await jsonOf('--json', ...args);
    const behind = await jsonOf(...args.toSpliced(end, 0, '--json'));
    expect(Object.keys(before as object)).toEqual(Object.keys(behind as object));
  });

  test('before the command makes one document of a refusal, too', async () => {
    const exit = await home.cli(['--json', 'check', '0']);
    expect(exit.code, exit.story).toBe(64);
    expect(JSON.parse(exit.stdout)).toMatchObject({ success: false, error: { code: 'INVALID_PORT' } });
  });

  test("behind `--` is the command's own", async () => {
    const exit = await home.cli(['--json', 'run', '--', 'echo', '--json', '--', 'x']);
    expect(exit, exit.story).toMatchObject({ code: 0, stdout: '--json -- x\n' });
  });
});
