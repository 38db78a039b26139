import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { styxyHome, type Exit } from '../../support/home.ts';
import { waitFor } from '../../support/processes.ts';
import { portServer, serverOf, whoIsAt } from '../../support/port-server.ts';

const variablesOf = ({ stdout }: Exit) =>
  Object.fromEntries(
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split('=') as [string, string]),
  );

describe('what `styxy run` gives its command', () => {
  const home = styxyHome();
  const run = (...args: string[]) => home.cli(['run', ...args]);

  test('PORT and the STYXY_* variables of its lease', async () => {
    const exit = await run('--name', 'web', '--instance', 'session-1', '--', 'env');
    const { PORT = '', ...variables } = variablesOf(exit);
    expect(Number(PORT)).toBeGreaterThanOrEqual(home.ports.first);
    expect(Number(PORT)).toBeLessThanOrEqual(home.ports.last);
    expect(variables).toMatchObject({
      STYXY_PORT: PORT,
      STYXY_URL: `http://localhost:${PORT}`,
      STYXY_SERVICE: 'web',
      STYXY_INSTANCE: 'session-1',
      STYXY_LOCK_ID: expect.stringMatching(/^[0-9a-z-]{8,}$/),
    });
  });

  test('other variables instead of PORT, by --env', async () => {
    const exit = await run('--env', 'API_PORT', '--env', 'OTHER', '--', 'env');
    const { API_PORT, OTHER, STYXY_PORT, ...variables } = variablesOf(exit);
    expect(API_PORT).toBe(STYXY_PORT);
    expect(OTHER).toBe(STYXY_PORT);
    expect(variables).not.toHaveProperty('PORT');
  });

  test('the port in place of {port}, in every argument and as often as it is there', async () => {
    const exit = await run(
      '--',
      'sh',
      '-c',
      'echo "$PORT $1 $2"',
      'sh',
      '--port={port}',
      '{port}:{port}/{ports}',
    );
    const [port, first, second] = exit.stdout.trim().split(' ');
    expect(first).toBe(`--port=${port}`);
    expect(second).toBe(`${port}:${port}/{ports}`);
  });

  test("the debugger's port that NODE_OPTIONS asks for", async () => {
    const NODE_OPTIONS = `--inspect=127.0.0.1:${home.ports.last}`;
    const command = ['-e', 'console.log(require("node:inspector").url())'];
    const exit = await home.cli(['run', '--', process.execPath, ...command], { env: { NODE_OPTIONS } });
    expect(exit.stdout, exit.story).toMatch(new RegExp(`^ws://127\\.0\\.0\\.1:${home.ports.last}/`));
    expect(exit.stderr).not.toContain('address already in use');
  });

  test('nothing at all with STYXY=0: not a variable, no daemon, no lease', async () => {
    const daemons = home.daemons();
    const exit = await home.cli(['run', '--', 'sh', '-c', 'env; exit 5'], { env: { STYXY: '0' } });
    expect({ code: exit.code, stderr: exit.stderr }, exit.story).toEqual({ code: 5, stderr: '' });
    const variables = variablesOf(exit);
    const known = [...Object.keys(home.env), 'STYXY'];
    const added = Object.keys(variables).filter((name) => name.includes('STYXY') || name === 'PORT');
    expect(added.filter((name) => !known.includes(name))).toEqual([]);
    expect(home.daemons()).toEqual(daemons);
    const missing = await home.cli(['run', '--', 'no-such-command'], { env: { STYXY: '0' } });
    expect(missing.code).toBe(127);
  });

  test('exactly the port of --port; the port of --prefer when it is free', async () => {
    const port = String(home.ports.first + 7);
    expect((await run('--port', port, '--', 'sh', '-c', 'echo $PORT')).stdout).toBe(`${port}\n`);
    expect((await run('--prefer', port, '--name', 'p', '--', 'sh', '-c', 'echo $PORT')).stdout).toBe(
      `${port}\n`,
    );
    const holder = home.start(['run', '--port', port, '--', process.execPath, portServer]);
    await serverOf(holder);
    const refused = await run('--port', port, '--name', 'q', '--', 'sh', '-c', 'echo $PORT');
    expect({ code: refused.code, stdout: refused.stdout }, refused.story).toEqual({ code: 75, stdout: '' });
    expect(refused.stderr).toMatch(/error\[PORT_TAKEN\][\s\S]*why: \d+ is leased to/);
    expect((await run('--prefer', port, '--name', 'q', '--', 'sh', '-c', 'echo $PORT')).stdout).not.toBe(
      `${port}\n`,
    );
    holder.process.kill('SIGTERM');
    await holder.finished();
  });

  test('its lease back, when somebody releases it under a running command: that goes on and its user is told', async () => {
    const holder = home.start(['run', '--name', 'released', '--', process.execPath, portServer]);
    const { port } = await serverOf(holder);
    expect((await home.cli(['release', String(port)])).code).toBe(0);
    await waitFor(() => holder.stderr().includes('lease has ended'), 5000, 'the word of it');
    expect(holder.stderr()).toBe('styxy: the lease has ended (released); the command goes on without it\n');
    expect(await whoIsAt(port)).toMatchObject({ port });
    const { external } = await home.api.list();
    expect(external).toContainEqual(expect.objectContaining({ port }));
    holder.process.kill('SIGTERM');
    expect((await holder.finished()).signal).toBe('SIGTERM');
  });

  test('its own exit code, and nothing on its streams', async () => {
    const exit = await run('--', 'sh', '-c', 'echo out; echo err >&2; exit 42');
    expect(exit).toMatchObject({ code: 42, stdout: 'out\n', stderr: 'err\n' });
  });
});

describe('`styxy run --dry-run`', () => {
  const home = styxyHome();

  test('prints what would be done and does nothing', async () => {
    const args = ['run', '--dry-run', '--name', 'web', '--', 'touch', join(home.place, 'made-{port}')];
    const plan = await home.json<{ port: number; env: Record<string, string> }>(args);
    expect(plan).toMatchObject({
      port: expect.any(Number),
      ports: { web: plan.port },
      service_type: 'dev',
      service_name: 'web',
      command: ['touch', join(home.place, `made-${plan.port}`)],
      env: expect.objectContaining({ PORT: String(plan.port), STYXY_SERVICE: 'web' }),
      adapter: expect.any(String),
      because: expect.any(String),
    });
    const text = await home.cli(args);
    expect(text.stdout, text.story).toMatch(new RegExp(`^${plan.port} {2}web \\(dev\\)[^\n]*\nruns: touch `));
    expect((await home.api.list()).allocations).toEqual([]);
    const real = await home.cli(['run', '--name', 'web', '--', 'sh', '-c', 'echo $PORT']);
    expect(real.stdout).toBe(`${plan.port}\n`);
  });

  test('names the variables that get the port', async () => {
    const plan = await home.json([
      'run',
      '--dry-run',
      '--env',
      'A_PORT',
      '--env',
      'B_PORT',
      '--',
      'my-server',
    ]);
    expect(plan).toMatchObject({ because: 'my-server is given A_PORT and B_PORT, in case it reads them' });
  });

  test('says what becomes of a package script, and not by which variables', async () => {
    const scripts = { demo: 'python3 -m http.server 8000' };
    writeFileSync(join(home.place, 'package.json'), JSON.stringify({ scripts }));
    const { stdout, story } = await home.cli([
      'run',
      '--type',
      'dev',
      '--dry-run',
      '--',
      'npm',
      'run',
      'demo',
    ]);
    const [, port] = /^(\d+) {2}demo \(dev\)[^\n]*\nruns: npm run demo\n/.exec(stdout) ?? [];
    expect(stdout, story).toContain(
      `\nscript "demo" becomes: python3 -m http.server ${port}\n  PORT=${port}\n`,
    );
    expect(stdout).not.toMatch(/STYXY_SCRIPT|script_shell/);
  });
});

describe('`styxy run --wait`', () => {
  const home = styxyHome();

  test('says when the command listens', async () => {
    const run = home.start(['run', '--wait', '--', process.execPath, portServer]);
    const { port, ...self } = await serverOf(run);
    await waitFor(() => run.stderr().includes('ready'), 10_000, 'the word that it listens');
    expect(run.stderr()).toBe(`styxy: ready at http://localhost:${port}\n`);
    expect(await whoIsAt(port)).toMatchObject({ pid: self.pid });
    run.process.kill('SIGTERM');
    expect((await run.finished()).signal).toBe('SIGTERM');
  });

  test('ends a command that does not listen in time, and what it started, with exit code 1', async () => {
    const exit = await home.cli(['run', '--wait', '--timeout', '500ms', '--', 'sh', '-c', 'sleep 95 & wait']);
    expect(exit.code, exit.story).toBe(1);
    expect(exit.stderr).toMatch(
      /^styxy: error\[TIMED_OUT\]: nothing listens on port \d+ after 0\.5 s\n {2}try: /,
    );
    await waitFor(
      () => !home.processes().some(({ command }) => command === 'sleep 95'),
      5000,
      'the sleep to end',
    );
    expect((await home.api.list()).allocations).toEqual([]);
  });

  test('gives the exit code of a command that ends before it listens', async () => {
    const exit = await home.cli(['run', '--wait', '--', 'sh', '-c', 'exit 9']);
    expect(exit).toMatchObject({ code: 9, stderr: '' });
  });
});

describe('a service of the project', () => {
  const home = styxyHome();

  test('is run by its name, and learns where the others are', async () => {
    const services = {
      web: { command: ['sh', '-c', 'echo "$PORT $API_PORT $API_URL"'] },
      api: { command: 'env', env: 'API_LISTEN' },
    };
    writeFileSync(join(home.place, 'styxy.config.json'), JSON.stringify({ services }));
    const web = await home.cli(['run', 'web']);
    const [port, apiPort, apiUrl] = web.stdout.trim().split(' ');
    expect(web.code, web.story).toBe(0);
    expect(Number(port)).toBeGreaterThanOrEqual(home.ports.first);
    expect(apiUrl).toBe(`http://localhost:${apiPort}`);
    const api = variablesOf(await home.cli(['run', 'api']));
    expect(api).toMatchObject({ API_LISTEN: api.STYXY_PORT, STYXY_SERVICE: 'api', WEB_PORT: port });
    expect(api).not.toHaveProperty('PORT');
  });
});
