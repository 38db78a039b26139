import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { expectError } from '../../support/complaints.ts';
import { styxyHome } from '../../support/home.ts';

/** Prints how it was called. */
const program = (folder: string, name: string): void => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), `#!/bin/sh\necho "${name} $*, PORT=$PORT, in $(basename "$PWD")"\n`);
  chmodSync(join(folder, name), 0o755);
};

describe('`styxy run` in a package', () => {
  const home = styxyHome();

  function makePackage(name: string, content: object, lock?: string): string {
    const folder = join(home.place, name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), JSON.stringify(content));
    if (lock !== undefined) writeFileSync(join(folder, lock), '');
    return folder;
  }

  test('alone runs the script dev, else start', async () => {
    const scripts = { dev: 'echo dev gets $PORT', start: 'echo start gets $PORT' };
    const both = await home.cli(['run'], { cwd: makePackage('both', { scripts }) });
    expect(both.stdout, both.story).toMatch(/^dev gets \d+$/m);
    const cwd = makePackage('start', { scripts: { start: scripts.start } });
    expect((await home.cli(['run'], { cwd })).stdout).toMatch(/^start gets \d+$/m);
  });

  test('alone says which scripts there are when it is none of these', async () => {
    const none = await home.cli(['run'], { cwd: makePackage('none', { scripts: { serve: 'true' } }) });
    expectError(none, 64, 'USAGE');
    expect(none.stderr).toMatch(/has no script "dev" or "start", but serve\n {2}try: styxy run serve\n/);
  });

  test('with the name of a script runs it, also from a folder of the package, under that name', async () => {
    const cwd = makePackage('named', { scripts: { serve: 'echo $STYXY_SERVICE in $(basename $PWD), $*' } });
    mkdirSync(join(cwd, 'src'));
    const exit = await home.cli(['run', 'serve'], { cwd: join(cwd, 'src') });
    expect(exit.stdout, exit.story).toMatch(/^serve in named,/m);
    const more = await home.cli(['run', 'serve', '--', '--open', 'x y'], { cwd });
    expect(more.stdout, more.story).toMatch(/^serve in named, --open x y$/m);
  });

  test('options behind the name of a script are ours, others are refused with a line that works', async () => {
    const cwd = makePackage('options', { scripts: { serve: 'echo $STYXY_SERVICE' } });
    const exit = await home.cli(['run', 'serve', '--name', 'shop'], { cwd });
    expect(exit.stdout, exit.story).toMatch(/^shop$/m);
    const refused = await home.cli(['run', 'serve', '--open'], { cwd });
    expectError(refused, 64, 'USAGE');
    expect(refused.stderr).toContain('styxy run serve -- --open');
  });

  test.each([
    ['pnpm-lock.yaml', 'pnpm'],
    ['yarn.lock', 'yarn'],
    ['bun.lock', 'bun'],
  ])('runs a script by the package manager of %s', async (lock, manager) => {
    const programs = join(home.place, 'managers');
    for (const name of ['pnpm', 'yarn', 'bun']) program(programs, name);
    const cwd = makePackage(manager, { scripts: { dev: 'vite' } }, lock);
    const env = { PATH: [programs, home.env['PATH']].join(delimiter) };
    const exit = await home.cli(['run', 'dev'], { cwd, env });
    expect(exit.stdout, exit.story).toMatch(new RegExp(`^${manager} run dev.*, PORT=\\d+, in ${manager}\n$`));
    const named = makePackage('by-name', { packageManager: `${manager}@9.0.0`, scripts: { dev: 'vite' } });
    expect((await home.cli(['run'], { cwd: named, env })).stdout).toMatch(new RegExp(`^${manager} run dev`));
  });

  test('finds programs of the project without npx, and takes those of PATH first', async () => {
    const cwd = makePackage('programs', {});
    program(join(cwd, 'node_modules', '.bin'), 'own-tool');
    program(join(cwd, 'node_modules', '.bin'), 'true');
    mkdirSync(join(cwd, 'src'));
    const exit = await home.cli(['run', '--', 'own-tool', 'x'], { cwd: join(cwd, 'src') });
    expect(exit.stdout, exit.story).toMatch(/^own-tool x, PORT=\d+, in src\n$/);
    expect((await home.cli(['run', '--', 'true'], { cwd })).stdout).toBe('');
  });

  test('leases nothing for a command that is not there', async () => {
    const cwd = makePackage('missing', { scripts: { dev: 'true' } });
    expectError(await home.cli(['run', '--', 'no-such-program'], { cwd }), 127, 'COMMAND_NOT_FOUND');
    expect(JSON.stringify(await home.api.list())).not.toContain(cwd);
  });
});
