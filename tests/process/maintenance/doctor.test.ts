import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { styxyHome, type StartOptions } from '../../support/home.ts';
import { waitFor } from '../../support/processes.ts';

interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  readonly fix?: string;
}

describe.skipIf(process.platform !== 'linux')('`styxy doctor`', () => {
  const home = styxyHome();
  const at = (name: string) => join(home.path, name);

  async function doctor(
    options?: StartOptions,
  ): Promise<{ code: number | null; ok: boolean; of(name: string): Check }> {
    const exit = await home.cli(['doctor', '--json'], options);
    const { ok, checks } = JSON.parse(exit.stdout) as { ok: boolean; checks: Check[] };
    expect(exit.stderr).toBe('');
    expect(exit.code, exit.story).toBe(ok ? 0 : 1);
    expect(ok).toBe(checks.every((check) => check.ok));
    for (const { ok: isFine, fix } of checks) if (!isFine) expect(fix).toMatch(/\w/);
    const token = existsSync(at('auth.token'))
      ? readFileSync(at('auth.token'), 'utf8').trim()
      : 'no token yet';
    expect(exit.stdout).not.toContain(token);
    return {
      code: exit.code,
      ok,
      of: (name) => {
        const check = checks.find((each) => each.name === name);
        if (!check) throw new Error(`no check "${name}" among ${checks.map((each) => each.name).join(', ')}`);
        return check;
      },
    };
  }

  test('starts no daemon and makes no file, and finds nothing wrong with a fresh home', async () => {
    const found = await doctor();
    expect(found.code).toBe(0);
    expect(found.of('lock').detail).toContain('no daemon runs');
    expect(home.daemons()).toEqual([]);
    // Newer nodes keep compiled code there.
    expect(readdirSync(home.path).filter((name) => name !== 'cache')).toEqual(['config.json']);
  });

  test('is content with a running daemon, for people too', async () => {
    await home.cli(['daemon', 'start']);
    const found = await doctor();
    expect(found.code).toBe(0);
    const pid = home.daemon()!.pid;
    expect(found.of('lock').detail).toContain(`pid ${pid}`);
    expect(found.of('socket').detail).toContain('answers in');
    expect(found.of('processes').detail).toBe('one daemon of this home');
    expect(found.of('last start').detail).toContain('leases taken over');
    const exit = await home.cli(['doctor']);
    expect(exit.code, exit.story).toBe(0);
    expect(exit.stdout).toMatch(/^✓ socket {2,}answers in \d+ ms at/m);
    expect(exit.stdout).toMatch(/\nall is well/);
    expect(home.daemon()?.pid).toBe(pid);
  });

  test('names who listens on managed ports without a lease', async () => {
    const port = home.ports.last;
    const outsider = createServer();
    await new Promise<void>((resolve) => outsider.listen(port, '127.0.0.1', resolve));
    // One look at the machine serves all who ask within a moment; and the machine may have others as well.
    const check = await waitFor(
      async () => {
        const seen = (await doctor()).of('outsiders');
        return /\bmore$/.test(seen.detail) || seen.detail.includes(`${port} (dev): `) ? seen : undefined;
      },
      10_000,
      `the outsider on ${port}`,
    );
    outsider.close();
    expect(check).toMatchObject({ ok: true, fix: expect.stringContaining('styxy run') });
  });

  test('says which program has the TCP port', async () => {
    const port = home.ports.last - 1;
    const outsider = createServer();
    await new Promise<void>((resolve) => outsider.listen(port, '127.0.0.1', resolve));
    const env = { STYXY_HTTP_PORT: String(port) };
    await home.cli(['daemon', 'restart'], { env });
    const taken = (await doctor({ env })).of('http port');
    expect(taken).toMatchObject({ ok: false, detail: expect.stringContaining(`(pid ${process.pid})`) });
    expect(taken.fix).toContain('STYXY_HTTP_PORT');
    await new Promise((resolve) => outsider.close(resolve));
    expect((await doctor({ env })).of('http port').fix).toBe('styxy daemon restart');
    await home.cli(['daemon', 'restart'], { env });
    expect((await doctor({ env })).of('http port').detail).toContain(`127.0.0.1:${port}`);
    expect((await doctor({ env: { STYXY_HTTP_PORT: 'abc' } })).of('http port').ok).toBe(false);
    await home.cli(['daemon', 'restart']);
  });

  test('finds a daemon that is stopped, and says how to go on', async () => {
    const { pid } = home.daemon()!;
    process.kill(pid, 'SIGSTOP');
    const found = await doctor();
    process.kill(pid, 'SIGCONT');
    expect(found.of('lock')).toMatchObject({ ok: false, fix: expect.stringContaining(`kill -CONT ${pid}`) });
    expect(found.of('socket')).toMatchObject({
      ok: false,
      detail: expect.stringContaining('does not answer'),
    });
    expect(home.daemon()?.pid).toBe(pid);
  });

  test('finds a socket that is gone; its fix works', async () => {
    rmSync(home.daemon()!.socket);
    expect((await doctor()).of('socket')).toMatchObject({
      ok: false,
      fix: expect.stringContaining('styxy daemon start'),
    });
    await home.cli(['daemon', 'start']);
    expect((await doctor()).of('socket').ok).toBe(true);
  });

  test('finds a killed daemon and damage to its state; the fix it names keeps every intact lease', async () => {
    const { lock_id: id } = await home.json<{ lock_id: string }>([
      'allocate',
      '--type',
      'dev',
      '--ttl',
      '1h',
    ]);
    await home.killDaemon();
    writeFileSync(at('daemon.state'), Buffer.concat([readFileSync(at('daemon.state')), Buffer.from('torn')]));
    const found = await doctor();
    expect(found.of('lock')).toMatchObject({ ok: false, fix: expect.stringContaining('styxy daemon start') });
    expect(found.of('journal')).toMatchObject({
      ok: false,
      fix: expect.stringContaining('styxy daemon start'),
    });
    expect(found.of('journal').detail).toMatch(/^4 bytes .* 1 leases/);
    expect(home.daemons()).toEqual([]);
    await home.cli(['daemon', 'start']);
    const mended = await doctor();
    expect([mended.of('lock').ok, mended.of('journal').ok]).toEqual([true, true]);
    expect(mended.of('last start').detail).toMatch(
      /1 leases taken over, 4 damaged bytes.*was killed.*backups/,
    );
    expect((await home.api.list()).allocations.map(({ lock_id }) => lock_id)).toEqual([id]);
  });

  test('finds what others may read; its fixes work', async () => {
    chmodSync(home.path, 0o755);
    chmodSync(at('auth.token'), 0o644);
    const found = await doctor();
    for (const name of ['home', 'permissions']) {
      expect(found.of(name).ok).toBe(false);
      const [, mode = '', path = ''] = /^chmod (\d+) (\S+?),?( |$)/.exec(found.of(name).fix ?? '') ?? [];
      chmodSync(path, Number.parseInt(mode, 8));
    }
    const mended = await doctor();
    expect([mended.of('home').ok, mended.of('permissions').ok]).toEqual([true, true]);
    expect(statSync(home.path).mode & 0o777).toBe(0o700);
  });

  test('finds mistakes in both configurations, and service types among the ports for outgoing connections', async () => {
    const config = readFileSync(at('config.json'), 'utf8');
    const project = join(home.place, 'project');
    mkdirSync(project, { recursive: true });
    writeFileSync(join(project, 'package.json'), '{}');
    writeFileSync(join(project, 'styxy.config.json'), '{"servces":{}}');
    writeFileSync(at('config.json'), '{"service_typs":{}}');
    const found = await doctor({ cwd: project });
    expect(found.of('config').detail).toContain('did you mean "service_types"');
    expect(found.of('project config').detail).toContain('did you mean "services"');
    const [first = '', last = ''] = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8')
      .trim()
      .split(/\s+/);
    writeFileSync(at('config.json'), `{"service_types":{"high":{"port_range":[${first},${last}]}}}`);
    expect((await doctor()).of('ephemeral ports')).toMatchObject({
      ok: false,
      detail: expect.stringContaining(`high (${first}-${last})`),
      fix: expect.stringContaining('config.json'),
    });
    writeFileSync(at('config.json'), config);
  });

  test('shows a state file that is gone under the daemon, which writes it anew', async () => {
    const before = (await home.api.list()).allocations.map(({ lock_id }) => lock_id);
    rmSync(at('daemon.state'));
    expect((await doctor()).of('journal')).toMatchObject({
      ok: false,
      fix: expect.stringContaining('writes it anew'),
    });
    process.kill(home.daemon()!.pid, 'SIGHUP');
    await waitFor(() => existsSync(at('daemon.state')), 10_000, 'the state file to be written anew');
    await home.killDaemon();
    const { allocations } = await home.json<{ allocations: { lock_id: string }[] }>(['list']);
    expect(allocations.map(({ lock_id }) => lock_id)).toEqual(before);
  });
});
