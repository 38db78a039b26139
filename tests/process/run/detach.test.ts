import { spawn } from '@lydell/node-pty';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Allocation } from '../../../src/protocol/answers/allocation.ts';
import { expectError, expectJsonError } from '../../support/complaints.ts';
import { BIN, styxyHome } from '../../support/home.ts';
import { isAlive, statOf, waitFor } from '../../support/processes.ts';
import { gatedService } from '../../support/services.ts';
import { shellQuote } from '../../support/wrapper.ts';

const NODE = process.execPath;

interface Ensured extends Allocation {
  success: true;
  existing: boolean;
  ready: boolean;
  pid: number;
  log: string;
}

describe('`styxy run --detach`', () => {
  const home = styxyHome();
  beforeAll(async () => void (await home.cli(['daemon', 'start'])));

  const stop = async (name: string) => expect((await home.cli(['stop', name])).code).toBe(0);
  const bodyAt = async (port: number) => Number(await (await fetch(`http://127.0.0.1:${port}/`)).text());

  test('makes sure that a service runs: asked again, it says the same and starts nothing', async () => {
    const service = gatedService(home, 'ensured');
    service.open();
    const ensure = ['run', '--detach', '--wait', '--name', 'ensured', '--', ...service.command()];
    // Both streams are pipes: that the first call ends at all shows that the server keeps none of them open.
    const first = await home.json<Ensured>(ensure);
    expect(first).toMatchObject({ success: true, state: 'bound', existing: false, ready: true });
    expect(first.url).toBe(`http://localhost:${first.port}`);
    const second = await home.json<Ensured>(ensure);
    expect(second).toEqual({ ...first, existing: true });
    const [pid] = service.starts();
    expect(await bodyAt(first.port)).toBe(pid);
    expect(service.starts()).toHaveLength(1);
    expect(first.holder).toMatchObject({ kind: 'connection', pid: first.pid });
    const wrapper = statOf(first.pid);
    expect(wrapper?.session, 'it leads a session of its own').toBe(first.pid);

    const plain = await home.cli(ensure);
    expect(plain.stdout).toBe(`${first.url}\n`);
    expect(plain.stderr).toContain('styxy: ensured runs already');
    await stop('ensured');
    expect(isAlive(first.pid) || isAlive(pid ?? -1)).toBe(false);
    const again = await home.json<Ensured>(ensure);
    expect(again).toMatchObject({ existing: false, port: first.port, log: first.log });
    await stop('ensured');
  });

  test('by several at once starts one server, and tells all of them where', async () => {
    const service = gatedService(home, 'raced');
    service.open();
    const words = ['run', '--detach', '--wait', '--name', 'raced', '--', ...service.command()];
    const told = await Promise.all(Array.from({ length: 4 }, () => home.json<Ensured>(words)));
    expect(service.starts()).toHaveLength(1);
    expect(new Set(told.map(({ lock_id: id }) => id)).size).toBe(1);
    expect(told.filter(({ existing }) => !existing)).toHaveLength(1);
    expect(told.every(({ ready }) => ready)).toBe(true);
    await stop('raced');
  });

  test('gives the server what a run in the foreground would: folder, variables, arguments', async () => {
    const tell =
      'console.log(JSON.stringify([process.cwd(), process.env.OWN, process.env.DB_URL, ...process.argv.slice(1)]))';
    const words = [
      'run',
      '--detach',
      '--name',
      'env',
      '--env',
      'DB_URL',
      '--',
      NODE,
      '-e',
      `${tell};setInterval(()=>{},1e5)`,
    ];
    const exit = await home.cli([...words, '--', '--json', 'a b'], { env: { OWN: 'mine' } });
    expect(exit.code, exit.story).toBe(0);
    const port = new URL(exit.stdout.trim()).port;
    const [line = ''] = (await home.cli(['logs', 'env'])).stdout.split('\n');
    expect(JSON.parse(line)).toEqual([home.place, 'mine', port, '--json', 'a b']);
    await stop('env');
  });

  test('of a program that ends at once shows its last lines, and ends with its exit code', async () => {
    const script =
      'for (let i = 1; i <= 30; i++) console.log("line " + i); console.error("no such module"); process.exit(7)';
    const exit = await home.cli(['run', '--detach', '--name', 'broken', '--', NODE, '-e', script]);
    expectError(exit, 7, 'SERVICE_ENDED');
    expect(exit.stderr).toContain('"broken" ended with code 7');
    expect(exit.stderr).toContain('    | line 30\n    | no such module\n');
    expect(exit.stderr).not.toContain('line 20\n');
    const killed = await home.cli(['run', '--detach', '--name', 'killed', '--', 'sh', '-c', 'kill -9 $$']);
    expectError(killed, 137, 'SERVICE_ENDED');
    const done = await home.cli(['run', '--detach', '--wait', '--json', '--name', 'done', '--', 'true']);
    expectJsonError(done, 1, 'SERVICE_ENDED');
    expectError(await home.cli(['run', '--detach', '--', 'no-such-program']), 127, 'COMMAND_NOT_FOUND');
    expect((await home.api.list()).allocations).toEqual([]);
  });

  test('of a server that takes longer than --wait says so, and leaves it running', async () => {
    const service = gatedService(home, 'slow');
    const words = ['run', '--detach', '--wait', '--name', 'slow'];
    const late = await home.cli([...words, '--timeout', '900ms', '--', ...service.command()]);
    expectError(late, 1, 'TIMED_OUT');
    service.open();
    const exit = await home.cli([...words, '--', ...service.command()]);
    expect(exit.code, exit.story).toBe(0);
    expect(service.starts()).toHaveLength(1);
    await stop('slow');
  });

  test.each([
    ['new', false],
    ['replace', true],
  ])('--if-running %s starts another one: on the same port %s', async (wish, samePort) => {
    const service = gatedService(home, `detach-${wish}`);
    service.open();
    const words = ['run', '--detach', '--wait', '--name', service.name];
    const first = await home.json<Ensured>([...words, '--', ...service.command()]);
    const second = await home.json<Ensured>([...words, '--if-running', wish, '--', ...service.command()]);
    expect(second.existing).toBe(false);
    expect(second.port === first.port).toBe(samePort);
    expect(await service.leases()).toHaveLength(samePort ? 1 : 2);
    const refused = await home.cli([...words, '--if-running', 'fail', '--', ...service.command()]);
    expectError(refused, 75, 'SERVICE_RUNNING');
    // Of two copies the name takes neither.
    for (const port of new Set([first.port, second.port])) await stop(String(port));
    expect(await service.leases()).toEqual([]);
  });

  test('leaves no file of the caller open, of whatever number', async () => {
    const service = gatedService(home, 'files');
    service.open();
    const words = [NODE, BIN, 'run', '--detach', '--wait', '--name', 'files', '--', ...service.command()];
    // Whoever reads this pipe waits until nobody has its other end any more.
    const reader = `exec 20> >(cat; echo closed); ${shellQuote(words)}; exec 20>&-; wait $!`;
    const exit = await home.start([], { via: ['bash', '-c', reader] }).finished();
    expect(exit.stdout, exit.story).toMatch(/^http:\S+\nclosed\n$/);
    expect(isAlive(service.starts()[0] ?? -1)).toBe(true);
    await stop('files');
  });

  test('outlives the terminal it was started in, and a run around it', async () => {
    const service = gatedService(home, 'outliving');
    service.open();
    const detach = [
      NODE,
      BIN,
      'run',
      '--detach',
      '--wait',
      '--name',
      'outliving',
      '--',
      ...service.command(),
    ];
    const outer = [NODE, BIN, 'run', '--name', 'around', '--', 'sh', '-c', `${shellQuote(detach)}; sleep 90`];
    const terminal = spawn('sh', ['-c', `${shellQuote(outer)}; :`], {
      cwd: home.place,
      env: { ...home.env },
    });
    let screen = '';
    terminal.onData((text) => (screen += text));
    const lease = await service.bound();
    const around = await waitFor(
      async () =>
        (await home.api.list()).allocations.find(({ service_name: name }) => name === 'around')?.holder.pid,
    );
    // The caller is done when it has printed the address.
    await waitFor(
      () => screen.includes(lease.url),
      20_000,
      () => screen,
    );
    process.kill(around, 'SIGKILL');
    terminal.kill('SIGHUP');
    await waitFor(
      async () => (await home.api.list()).allocations.length === 1,
      20_000,
      'the outer lease to end',
    );
    expect(await bodyAt(lease.port)).toBe(service.starts()[0]);
    await stop('outliving');
  });
});
