import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { expectError } from '../../support/complaints.ts';
import { BIN, styxyHome } from '../../support/home.ts';
import { openTerminal, type Terminal } from '../../support/pty.ts';

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

  test('leases nothing for a script or a file that is not there, and says what was meant', async () => {
    const cwd = makePackage('typos', { scripts: { dev: 'true' } });
    writeFileSync(join(cwd, 'server.js'), '');
    for (const [words, meant] of [
      [['npm', 'run', 'dve'], 'dev'],
      [['node', 'servre.js'], 'server.js'],
    ] as const) {
      for (const how of [[], ['--detach']]) {
        const exit = await home.cli(['run', ...how, '--', ...words], { cwd });
        expectError(exit, 127, 'COMMAND_NOT_FOUND');
        expect(exit.stderr).toContain(`try: did you mean "${meant}"?`);
      }
    }
    const { allocations } = await home.json<{ allocations: unknown[] }>(['list']);
    expect(allocations).toEqual([]);
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
    ['pnpm-workspace.yaml', 'pnpm'],
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

  test('shows in a dry run what a command would get that is not installed here', async () => {
    const exit = await home.cli(['run', '--dry-run', '--', 'no-such-program']);
    expect(exit.stdout, exit.story).toContain('runs: no-such-program');
  });

  test('leases nothing for a command that is not there', async () => {
    const cwd = makePackage('missing', { scripts: { dev: 'true' } });
    expectError(await home.cli(['run', '--', 'no-such-program'], { cwd }), 127, 'COMMAND_NOT_FOUND');
    expect(JSON.stringify(await home.api.list())).not.toContain(cwd);
  });
});

describe('services of a worktree', () => {
  const home = styxyHome();
  const server = [
    '--',
    process.execPath,
    '-e',
    'require("http").createServer((q,r)=>r.end()).listen(process.env.PORT)',
  ];
  const start = (name: string) =>
    home.json<Started>(['run', '--detach', '--wait', '--name', name, ...server]);
  const names = async () => (await home.api.list()).allocations.map((each) => each.service_name).toSorted();

  interface Started {
    port: number;
    pid: number;
  }

  test('are stopped by several names, none of them when one is not understood', async () => {
    for (const name of ['one', 'two', 'three']) await start(name);
    expectError(await home.cli(['stop', 'one', 'nobody', 'two']), 1, 'LEASE_NOT_FOUND');
    expect(await names()).toEqual(['one', 'three', 'two']);
    const exit = await home.cli(['stop', 'one', 'two', 'one']);
    expect(exit.stderr, exit.story).toMatch(/^stopped one \(port \d+\)\nstopped two \(port \d+\)\n$/);
    expect(await names()).toEqual(['three']);
  });

  test('are all stopped by --all, those of other worktrees not', async () => {
    const other = join(home.place, 'other');
    mkdirSync(other, { recursive: true });
    writeFileSync(join(other, 'package.json'), '{}');
    await home.json(['run', '--detach', '--wait', '--name', 'elsewhere', ...server], { cwd: other });
    const exit = await home.cli(['stop', '--all']);
    expect(exit.code, exit.story).toBe(0);
    expect(await names()).toEqual(['elsewhere']);
    expect((await home.cli(['stop', '--all'])).stderr).toMatch(/^nothing runs in /);
    expect(await home.json(['stop', '--all'], { cwd: other })).toMatchObject({
      stopped: [{ state: 'released' }],
    });
    for (const words of [['stop'], ['stop', '--all', 'one']]) expectError(await home.cli(words), 64, 'USAGE');
  });

  test('are stopped by --all on a terminal only when its user says so', async () => {
    for (const name of ['one', 'two']) await start(name);
    const open = (): Terminal =>
      openTerminal(
        {
          environment: () => ({ env: home.env, survivors: () => [], gone: async () => undefined }),
          path: () => home.place,
        },
        [process.execPath, BIN, 'stop', '--all'],
      );
    for (const answer of ['n', '']) {
      const terminal = open();
      await terminal.until(/stop one \(port \d+\), two \(port \d+\)\? \[y\/N\] /);
      terminal.write(`${answer}\r`);
      expect((await terminal.exited()).code).toBe(1);
    }
    expect(await names()).toEqual(expect.arrayContaining(['one', 'two']));
    const terminal = open();
    await terminal.until(/\[y\/N\] /);
    terminal.write('y\r');
    await terminal.until(/stopped one/);
    expect((await terminal.exited()).code).toBe(0);
    expect(await names()).not.toContain('one');
  });

  test('are started again as they were, on the same port, also when they have ended', async () => {
    const before = await start('again');
    const exit = await home.cli(['restart', 'again', '--wait']);
    expect(exit.stdout, exit.story).toBe(`http://localhost:${before.port}\n`);
    const [running] = (await home.api.list()).allocations;
    expect(running).toMatchObject({ port: before.port, service_name: 'again', state: 'bound' });
    expect(running?.holder.pid).not.toBe(before.pid);
    await home.cli(['stop', 'again']);
    expect(await home.json(['restart', 'again'])).toMatchObject({ port: before.port });
    await home.cli(['stop', 'again']);
    expectError(await home.cli(['restart', 'nobody']), 1, 'LEASE_NOT_FOUND');
  });

  test('are not started again when it is not known how', async () => {
    const { port } = await home.json<Started>([
      'allocate',
      '--type=dev',
      '--name=by-hand',
      '--pid',
      String(process.pid),
    ]);
    expectError(await home.cli(['restart', 'by-hand']), 64, 'USAGE');
    expect(await names()).toEqual(['by-hand']);
    await home.cli(['release', String(port)]);
  });

  test('go by the words of other tools: ls, ps, --service, and what was meant', async () => {
    const { port } = await home.json<Started>(['allocate', '--service', 'dev', '--ttl', '1m', '--name', 'x']);
    for (const word of ['ls', 'ps', 'list'])
      expect((await home.cli([word, '--service=dev'])).stdout).toContain(String(port));
    for (const [words, meant] of [
      [['kill', '3000'], 'stop 3000'],
      [['who', '3000'], 'whose 3000'],
      [['exec', 'vite'], 'run -- vite'],
    ] as const)
      expect((await home.cli([...words])).stderr).toContain(`try: did you mean styxy ${meant}?`);
    const completion = await home.cli(['completion', 'bash']);
    expect(completion.stdout).toMatch(/words="run .* restart .* list ls ps /);
    await home.cli(['release', String(port)]);
  });
});
