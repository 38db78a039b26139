import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { AutoAllocationAnswer } from '../../../src/protocol/answers/config.ts';
import { expectError, expectJsonError } from '../../support/complaints.ts';
import { styxyHome } from '../../support/home.ts';

const TELL = ['sh', '-c', 'echo $PORT'];

describe('service types that nobody has written down', () => {
  const home = styxyHome();
  const group = (...words: string[]) => home.cli(['config', 'auto-allocation', ...words]);
  const config = (): string => join(home.path, 'config.json');
  const types = (): Record<string, { port_range: [number, number] }> =>
    (JSON.parse(readFileSync(config(), 'utf8')) as { service_types: never }).service_types;

  /** Everything that a write would change. */
  function fingerprint(): unknown {
    const { mtimeMs, ino } = statSync(config());
    const backups = join(home.path, 'backups');
    const digest = createHash('sha256').update(readFileSync(config())).digest('hex');
    return [digest, mtimeMs, ino, existsSync(backups) ? readdirSync(backups) : []];
  }

  test('`allocate` and `run` make them, and say so on stderr only', async () => {
    const made = await home.cli(['allocate', '--type', 'grafana', '--ttl', '1h']);
    const [first, last] = types().grafana?.port_range ?? [];
    expect(made.stdout, made.story).toBe(`${first}\n`);
    expect(made.stderr).toContain(
      `styxy: new service type "grafana" got ports ${first}-${last} (styxy config auto-allocation undo grafana takes it back)\n`,
    );
    const run = await home.cli(['run', '--type', 'kafka', '--', ...TELL]);
    const kafka = types().kafka?.port_range ?? [NaN, NaN];
    expect(run.stdout, run.story).toBe(`${kafka[0]}\n`);
    expect(run.stderr).toMatch(/^styxy: new service type "kafka" got ports \d+-\d+ \(.*undo kafka.*\)\n$/);
    expect(await home.cli(['run', '--type', 'kafka', '--', ...TELL])).toMatchObject({
      code: 0,
      stdout: run.stdout,
      stderr: '',
    });
    const quiet = await home.cli(['run', '--quiet', '--type', 'nats-io', '--', ...TELL]);
    expect(quiet.stderr, quiet.story).toBe('');
    const json = await home.json(['allocate', '--type', 'pulsar', '--ttl', '1h']);
    expect(json).toMatchObject({ success: true, auto_allocated: true, range: types().pulsar?.port_range });
  });

  test('a dry run, a suggestion and whatever is refused change no byte', async () => {
    const before = fingerprint();
    const dry = await home.json<{ port: number }>(['run', '--type', 'minio', '--dry-run', '--', ...TELL]);
    expect(dry).toMatchObject({ auto_allocated: true, service_type: 'minio' });
    const text = await home.cli(['run', '--type', 'minio', '--dry-run', '--', ...TELL]);
    expect(text.stdout, text.story).toMatch(/service type "minio" is new: it would get ports \d+-\d+/);
    const suggest = await home.cli(['suggest', 'minio']);
    expect(suggest.stdout, suggest.story).toBe(`${dry.port}\n`);
    expect(suggest.stderr).toContain('"minio" is new');
    expect(await home.json(['suggest', 'minio', '--count', '3'])).toMatchObject({ auto_allocated: true });
    for (const name of ['../../etc', 'a b', '<script>', 'x'.repeat(300), '-x', '', 'ä', '__proto__']) {
      await expect(home.api.allocate({ service_type: name })).rejects.toMatchObject({ code: 'INVALID_NAME' });
    }
    for (const typo of ['apii', 'Dev', 'grafanna']) {
      await expect(home.api.allocate({ service_type: typo })).rejects.toMatchObject({ code: 'UNKNOWN_TYPE' });
    }
    expectError(await home.cli(['run', '--type', 'a b', '--', 'true']), 64, 'INVALID_NAME');
    expectError(await home.cli(['run', '--type', 'apii', '--', 'true']), 64, 'UNKNOWN_TYPE');
    expectError(await home.cli(['allocate', '--type', 'minio', '--port', '80']), 64, 'PORT_NOT_ALLOWED');
    expectError(await home.cli(['list', '--type', 'minio']), 64, 'UNKNOWN_TYPE');
    expect(fingerprint()).toEqual(before);
    const insisted = await home.cli(['allocate', '--type', 'apii', '--force', '--ttl', '1h']);
    expect(insisted.stderr, insisted.story).toContain('new service type "apii"');
  });

  test('`list` and `status` show them, as text and as JSON', async () => {
    const list = await group('list');
    expect(list.stdout, list.story).toMatch(/^TYPE +PORTS +LEASED +FREE +RULE$/m);
    const [first, last] = types().grafana?.port_range ?? [];
    expect(list.stdout).toMatch(new RegExp(`^grafana +${first}-${last} +${first} +9 +-$`, 'm'));
    const status = await group('status');
    expect(status.stdout, status.story).toMatch(/^auto-allocation +on \(built-in\)$/m);
    expect(status.stdout).toMatch(/^rule +monitoring-\*: 20 ports, smart, from 9000 \(built-in\)$/m);
    const json = await home.json<AutoAllocationAnswer>(['config', 'auto-allocation', 'status']);
    expect(json).toMatchObject({ enabled: true, config_file: config(), origin: { enabled: 'built-in' } });
    expect(json.types.map(({ service_type: type }) => type)).toContain('grafana');
    expect(await home.json(['config', 'auto-allocation', 'list'])).toMatchObject({
      enabled: true,
      types: json.types,
    });
  });

  test('`undo` takes one back once nobody leases from it, at once', async () => {
    const [port] = types().grafana?.port_range ?? [];
    const used = await group('undo', 'grafana');
    expectError(used, 75, 'TYPE_IN_USE');
    expect(used.stderr).toContain(`styxy release ${port}`);
    expectJsonError(await group('undo', 'grafana', '--json'), 75, 'TYPE_IN_USE');
    await home.cli(['release', String(port)]);
    const undone = await group('undo', 'grafana');
    expect(undone, undone.story).toMatchObject({ code: 0, stdout: '' });
    expect(types()).not.toHaveProperty('grafana');
    expectError(await home.cli(['list', '--type', 'grafana']), 64, 'UNKNOWN_TYPE');
    expectError(await group('undo', 'grafana'), 64, 'UNKNOWN_TYPE');
    expectError(await group('undo', 'dev'), 64, 'INVALID_REQUEST');
    expectError(await group('undo', '../x'), 64, 'INVALID_NAME');
    expect(await home.json(['config', 'auto-allocation', 'undo', 'kafka'])).toMatchObject({ success: true });
  });

  test('`disable` and `enable` are in force at once, and stay so after a restart', async () => {
    const off = await group('disable');
    expect(off, off.story).toMatchObject({ code: 0, stdout: '' });
    const refused = await home.cli(['allocate', '--type', 'minio']);
    expectError(refused, 64, 'UNKNOWN_TYPE');
    expect(refused.stderr).toContain('styxy config auto-allocation enable');
    expect((await group('status')).stdout).toMatch(/^auto-allocation +off \(config\.json\)$/m);
    await home.cli(['daemon', 'stop']);
    expectError(await home.cli(['allocate', '--type', 'minio']), 64, 'UNKNOWN_TYPE');
    await home.cli(['daemon', 'stop']);
    // Without a daemon the command starts one.
    expect(await home.json(['config', 'auto-allocation', 'enable'])).toEqual({
      success: true,
      enabled: true,
    });
    expect((await home.cli(['allocate', '--type', 'minio', '--ttl', '1h'])).code).toBe(0);
  });

  test('without a daemon the command runs all the same', async () => {
    const run = await home.cli(['run', '--type', 'cassandra', '--', ...TELL], {
      env: { STYXY_HOME: join(home.place, 'other'), STYXY_NO_DAEMON: '1' },
    });
    expect(run.code, run.story).toBe(0);
    expect(Number(run.stdout)).toBeGreaterThanOrEqual(10_000);
    expect(run.stderr).toContain('warning');
  });

  test('every command of the group explains itself with an example', async () => {
    for (const word of ['status', 'enable', 'disable', 'list', 'undo']) {
      const help = await group(word, '--help');
      expect(help.code, help.story).toBe(0);
      expect(help.stdout).toMatch(/Example:\n {2}\$ styxy config auto-allocation/);
    }
    expectError(await group(), 64, 'USAGE');
    expectError(await group('bogus'), 64, 'USAGE');
    expectError(await group('undo'), 64, 'USAGE');
  });
});
