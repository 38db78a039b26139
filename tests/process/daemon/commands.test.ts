import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { styxyHome } from '../../support/home.ts';
import { allocationShape } from '../../support/shapes.ts';

describe('the commands that need no running service', () => {
  const home = styxyHome();
  const cli = (...args: string[]) => home.cli(args);
  const json = (...args: string[]) => home.json<unknown>(args);

  test('`allocate` and `release`: the port alone on stdout; by lock id or by port', async () => {
    const exit = await home.cli(['allocate', '--type', 'dev', '--name', 'db', '--ttl', '1h']);
    expect(exit.stdout, exit.story).toMatch(/^\d+\n$/);
    expect(exit.stderr).toMatch(/^lease \S+ ends in 60m unless the port is in use\n$/);
    const port = exit.stdout.trim();
    expect(await cli('release', port)).toMatchObject({
      code: 0,
      stdout: '',
      stderr: `released ${port} (db)\n`,
    });
    const lease = (await json('allocate', '--type', 'dev', '--name', 'db', '--pid', String(process.pid))) as {
      lock_id: string;
    };
    expect(lease).toMatchObject({
      success: true,
      ...allocationShape,
      service_name: 'db',
      branch: null,
      state: 'granted',
      port: Number(port),
      process_id: process.pid,
      listeners: [],
      holder: { kind: 'process', pid: process.pid },
    });
    const again = await json('allocate', '--type', 'dev', '--name', 'db', '--pid', String(process.pid));
    expect(again).toMatchObject({ lock_id: lease.lock_id, existing: true });
    expect(await json('release', lease.lock_id)).toMatchObject({ lock_id: lease.lock_id, state: 'released' });
    expect(await json('cleanup')).toMatchObject({ success: true, released: [] });
  });

  test('every command explains itself with an example', async () => {
    const commands = [
      'run',
      'allocate',
      'release',
      'check',
      'suggest',
      'list',
      'whose',
      'wait',
      'env',
      'url',
    ];
    const words = [...commands, 'status', 'completion', 'daemon start', 'daemon run', 'daemon logs'];
    const exits = await Promise.all(words.map((each) => home.cli([...each.split(' '), '--help'])));
    for (const exit of exits) {
      expect(exit.code, exit.story).toBe(0);
      expect(exit.stdout).toMatch(/Examples?:\n {2}\$ .*styxy /);
      expect(exit.stderr).toBe('');
    }
    expect((await home.cli(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect((await home.cli([])).stdout).toContain('Usage: styxy');
  });
});

describe('the TCP port of the daemon', () => {
  const home = styxyHome();

  test('taken by another program: the daemon works on its socket alone, and `status` says so', async () => {
    const port = home.ports.last;
    const outsider = createServer();
    await new Promise<void>((resolve) => outsider.listen(port, '127.0.0.1', resolve));
    const env = { STYXY_HTTP_PORT: String(port) };
    const run = await home.cli(['run', '--', 'sh', '-c', 'exit 3'], { env });
    expect({ code: run.code, stderr: run.stderr }, run.story).toEqual({ code: 3, stderr: '' });
    const status = await home.cli(['status']);
    expect(status.stdout).toMatch(/^address +socket only$/m);
    expect(status.stdout).toMatch(new RegExp(`^notice +port ${port} is taken`, 'm'));
    outsider.close();
    await home.cli(['daemon', 'restart'], { env });
    expect((await home.cli(['status'])).stdout).toContain(`socket and http://127.0.0.1:${port}`);
  });
});
