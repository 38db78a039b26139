import { describe, expect, test } from 'vitest';
import { StyxyError } from '../../../../src/base/styxy-error.ts';
import { checkConfig } from '../../../../src/cli/doctor/config.ts';
import {
  checkLastStart,
  checkLock,
  checkOneDaemon,
  checkSocket,
  checkVersions,
  type LockFacts,
} from '../../../../src/cli/doctor/daemon.ts';
import { checkDisk, checkHome, checkPermissions, type FileFacts } from '../../../../src/cli/doctor/files.ts';
import { checkJournal } from '../../../../src/cli/doctor/journal.ts';
import { checkEphemeralRange, checkHttpPort, checkOutsiders } from '../../../../src/cli/doctor/ports.ts';
import { checkNames, checkNode, checkSystem, checkTools } from '../../../../src/cli/doctor/system.ts';
import type { StatusAnswer } from '../../../../src/protocol/answers/status.ts';
import { sealRecord } from '../../../../src/system/files/sealed-log.ts';

const ok = (detail: string | RegExp = /./) => ({ ok: true, detail: expect.stringMatching(detail) });
const bad = (detail: RegExp, fix: RegExp) => ({
  ok: false,
  detail: expect.stringMatching(detail),
  fix: expect.stringMatching(fix),
});
const hint = (detail: RegExp, fix: RegExp) => ({ ...bad(detail, fix), ok: true });

const folder = (own: Partial<FileFacts> = {}): FileFacts => ({
  path: '/h',
  mode: 0o700,
  uid: 1,
  kind: 'folder',
  ...own,
});

describe('the home', () => {
  test.each([
    ['is not there yet', undefined, ok(/not there yet/)],
    ['is private', folder(), ok(/yours alone/)],
    ['is open', folder({ mode: 0o755 }), bad(/0755/, /chmod 700 \/h/)],
    ["is somebody else's", folder({ uid: 7 }), bad(/user 7, you are 1/, /chown/)],
    ['is a file', folder({ kind: 'file' }), bad(/not a folder/, /STYXY_HOME/)],
  ])('%s', (_, home, check) => {
    expect(checkHome('/h', home, 1)).toMatchObject({ name: 'home', ...check });
  });
  test('can not be made', () => {
    expect(checkHome('/h', undefined, 1, 'EACCES: /')).toMatchObject(bad(/EACCES/, /STYXY_HOME/));
  });
  test('is not judged by its mode where modes mean nothing', () => {
    expect(checkHome('C:', folder({ mode: 0o777 }), undefined).ok).toBe(true);
    expect(checkPermissions([folder({ mode: 0o777 })], undefined).ok).toBe(true);
  });
});

describe('permissions', () => {
  const file = (path: string, mode = 0o600, uid = 1): FileFacts => ({ path, mode, uid, kind: 'file' });
  test('are right when nobody else may read anything', () => {
    expect(checkPermissions([file('/h/auth.token'), file('/h/daemon.state')], 1)).toMatchObject(ok());
    expect(checkPermissions([], 1)).toMatchObject(ok(/no files yet/));
  });
  test('of a token that others may read need a new token', () => {
    expect(checkPermissions([file('/h/auth.token', 0o644)], 1)).toMatchObject(
      bad(/auth\.token \(0644\)/, /chmod 600 \/h\/auth\.token, then styxy daemon restart/),
    );
  });
  test('of any other file need a chmod', () => {
    expect(checkPermissions([file('/h/daemon.state', 0o640)], 1).fix).toBe('chmod 600 /h/daemon.state');
  });
  test('of files of another user, left by a `sudo styxy`, need a chown', () => {
    expect(checkPermissions([file('/h/daemon.state', 0o600, 0)], 1)).toMatchObject(bad(/user 0/, /chown 1/));
  });
});

test.each([
  ['can be written', undefined, undefined, ok()],
  ['is full', 'ENOSPC: no space left on device', undefined, bad(/ENOSPC/, /free some disk space/)],
  ['is read-only', 'EROFS: read-only', undefined, bad(/EROFS/, /STYXY_HOME/)],
  ['lies elsewhere', undefined, 'NFS', hint(/network disk \(NFS\)/, /local disk/)],
])('the disk %s', (_, why, network, check) => {
  expect(checkDisk('/h', why, network)).toMatchObject({ name: 'disk', ...check });
});

const pidFile = {
  pid: 42,
  start_time: '1',
  boot_id: 'b',
  nonce: 'n',
  version: '1.2.3',
  started_at: '2026-01-01T00:00:00.000Z',
  socket: '/h/daemon.sock',
};

describe('the lock', () => {
  const held: LockFacts = { exists: true, file: pidFile, isAlive: true, state: 'running' };
  test.each<[string, Partial<LockFacts>, object]>([
    ['is held', {}, ok(/pid 42, version 1\.2\.3/)],
    ['is not there', { exists: false, file: undefined, isAlive: false }, ok(/starts by itself/)],
    ['is rubbish', { file: undefined, isAlive: false }, bad(/not be understood/, /styxy daemon start/)],
    ['is stale', { isAlive: false }, bad(/pid 42.*gone/, /styxy daemon start/)],
    [
      'is held by a stopped daemon',
      { state: 'stopped' },
      bad(/is stopped/, /kill -CONT 42.*styxy daemon restart/),
    ],
    ['is held by a daemon in a debugger', { state: 'traced' }, bad(/debugger/, /let it go on/)],
  ])('%s', (_, facts, check) => {
    expect(checkLock({ ...held, ...facts })).toMatchObject({ name: 'lock', ...check });
  });
});

const report = {
  leases: 0,
  damaged_bytes: 0,
  kept_aside: null,
  voided_by_reboot: 0,
  dropped: 0,
  orphaned: 0,
  killed_before: null,
};
const status = {
  running: true,
  pid: 42,
  version: '1.2.3',
  protocol: 1,
  uptime_ms: 1,
  http_port: null,
  allocations: 0,
  instances: 0,
  memory: { rss: 1, heap_used: 1 },
  notices: [],
  recovery: { system_recovery: report },
} as unknown as StatusAnswer;

describe('the socket', () => {
  const path = '/h/daemon.sock';
  test('answers', () => {
    expect(checkSocket({ path, answer: 'status', ms: 2.4, status }, true)).toMatchObject(ok(/in 2 ms/));
  });
  test('answers for a daemon that lost its lock', () => {
    expect(checkSocket({ path, answer: 'status', ms: 2, status }, false)).toMatchObject(
      bad(/pid 42/, /kill 42/),
    );
  });
  test('is silent', () => {
    expect(checkSocket({ path, answer: 'silence' }, true)).toMatchObject(
      bad(/not answer/, /styxy daemon restart/),
    );
  });
  test('may not be used', () => {
    expect(checkSocket({ path, answer: 'error', message: 'EPERM' }, true)).toMatchObject(
      bad(/EPERM/, /allow/),
    );
  });
  test.each([
    ['gone under a live daemon', true, false, bad(/is gone/, /styxy daemon start/)],
    ['dead under a live daemon', true, true, bad(/nobody listens/, /styxy daemon restart/)],
    ['left behind', false, true, ok(/left behind/)],
    ['not there', false, false, ok(/no daemon runs/)],
  ])('is %s', (_, isAlive, exists, check) => {
    expect(checkSocket({ path, answer: 'nobody', exists }, isAlive)).toMatchObject(check);
  });
});

test.each([
  ['the same', '1.2.3', 1, ok()],
  ['an older daemon', '1.2.2', 1, hint(/daemon 1\.2\.2/, /styxy daemon restart/)],
  ['a newer daemon', '1.3.0', 1, hint(/daemon 1\.3\.0/, /update this styxy/)],
  ['another protocol', '2.0.0', 2, bad(/protocol 2/, /styxy daemon restart/)],
  ['a silent daemon', '1.2.3', undefined, ok()],
])('versions: %s', (_, version, protocol, check) => {
  expect(checkVersions({ version: '1.2.3', protocol: 1 }, { version, protocol })).toMatchObject(check);
});

test('the last start tells what was found and repaired', () => {
  const killed = { pid: 41, version: '1', started_at: '' };
  const found = { ...report, leases: 3, damaged_bytes: 7, dropped: 1, orphaned: 2, killed_before: killed };
  const recovery = { ...status.recovery, system_recovery: found };
  expect(checkLastStart({ ...status, recovery }).detail).toBe(
    '3 leases taken over, 7 damaged bytes left out, 1 doubled leases dropped, 2 leases ended whose holder was gone, ' +
      'the daemon before (pid 41) was killed or crashed',
  );
  expect(checkLastStart({ ...status, notices: ['the state file was damaged'] })).toMatchObject(
    hint(/0 leases taken over; the state file was damaged/, /styxy daemon restart/),
  );
});

test('two daemons of one home are one too many', () => {
  expect(checkOneDaemon([42], 42)).toMatchObject(ok(/one daemon/));
  expect(checkOneDaemon([], undefined)).toMatchObject(ok(/no daemon/));
  expect(checkOneDaemon([42, 43], 42)).toMatchObject(bad(/pid 43/, /kill 43/));
});

describe('the journal', () => {
  const path = '/h/daemon.state';
  const lease = (id: string) => sealRecord({ op: 'lease', lease: { id } });
  const bytes = Buffer.concat([lease('a'), lease('b'), sealRecord({ op: 'end', id: 'a' })]);
  test('is intact', () => {
    expect(checkJournal({ path, bytes }, true)).toMatchObject(ok(/1 leases/));
    expect(checkJournal({ path, missing: true }, false)).toMatchObject(ok());
  });
  test('is damaged', () => {
    const damaged = Buffer.concat([bytes, Buffer.from('xyz')]);
    expect(checkJournal({ path, bytes: damaged }, false)).toMatchObject(
      bad(/3 bytes/, /styxy daemon start:.*backups/),
    );
    expect(checkJournal({ path, bytes: damaged }, true)).toMatchObject(
      bad(/3 bytes/, /styxy daemon restart/),
    );
  });
  test('can not be read, or is gone under a live daemon', () => {
    expect(checkJournal({ path, unreadable: 'EISDIR' }, false)).toMatchObject(
      bad(/EISDIR/, /make it readable/),
    );
    expect(checkJournal({ path, missing: true }, true)).toMatchObject(bad(/is gone/, /writes it anew/));
  });
});

test('a configuration with a mistake is told with its reason', () => {
  expect(checkConfig('config', undefined, undefined)).toMatchObject(ok(/defaults/));
  expect(checkConfig('config', '/c', undefined)).toMatchObject(ok(/\/c is valid/));
  const problem = new StyxyError('BAD_CONFIG', '/c is not valid', { why: 'a typo', hint: 'write it right' });
  expect(checkConfig('config', '/c', problem)).toMatchObject(
    bad(/\/c is not valid: a typo/, /write it right/),
  );
  expect(checkConfig('config', '/c', new Error('odd'))).toMatchObject(bad(/odd/, /correct the file/));
});

describe('the TCP port', () => {
  const facts = { wanted: 9876, actual: undefined, holder: undefined, isFree: true } as const;
  const holder = { pid: 7, command: 'nginx', user: 'me' };
  test.each([
    ['is switched off', { ...facts, wanted: 0 }, ok(/switched off/)],
    ["is the daemon's", { ...facts, actual: 9876, isFree: false }, ok(/127\.0\.0\.1:9876/)],
    ['is free', facts, ok(/is free/)],
    ['is free again', { ...facts, actual: null }, hint(/was taken/, /styxy daemon restart/)],
    [
      'belongs to another program',
      { ...facts, isFree: false, holder },
      bad(/9876 is taken: nginx \(pid 7\)/, /STYXY_HTTP_PORT/),
    ],
    [
      'is another user’s',
      { ...facts, actual: null, isFree: false, holder: { pid: null, command: null, user: 'eve' } },
      bad(/a program of eve/, /styxy daemon restart/),
    ],
    ['is busy without a listener', { ...facts, isFree: false }, bad(/keeps it busy/, /./)],
  ])('%s', (_, given, check) => {
    expect(checkHttpPort(given)).toMatchObject({ name: 'http port', ...check });
  });
});

describe('the ports for outgoing connections', () => {
  const linux = { first: 32_768, last: 60_999 };
  const dev = { name: 'dev', range: [3000, 3099] as const };
  const high = { name: 'high', range: [40_000, 40_099] as const };
  test('are others than those of the service types', () => {
    expect(checkEphemeralRange(linux, [], [dev], 'linux')).toMatchObject(ok(/32768-60999/));
    expect(checkEphemeralRange(undefined, [], [high], 'linux')).toMatchObject(ok(/does not tell/));
  });
  test('reach into a service type', () => {
    expect(checkEphemeralRange(linux, [], [dev, high], 'linux')).toMatchObject(
      bad(
        /high \(40000-40099\)/,
        /config\.json, or sudo sysctl -w net\.ipv4\.ip_local_reserved_ports=40000-40099/,
      ),
    );
    expect(checkEphemeralRange(linux, [], [high], 'darwin').fix).toBe(
      'move the range below 32768 in config.json',
    );
  });
  test('leave out what is reserved', () => {
    expect(checkEphemeralRange(linux, [{ first: 40_000, last: 40_099 }], [high], 'linux').ok).toBe(true);
    expect(checkEphemeralRange(linux, [{ first: 50_000, last: 50_009 }], [high], 'linux').fix).toContain(
      '=50000-50009,40000-40099',
    );
  });
});

test('outsiders are told with who they are, each port once, and are no fault of this installation', () => {
  const none = () => ({});
  const outsider = (port: number, address = '::') => ({
    port,
    address,
    pid: 7,
    command: 'python3 -m http.server',
    cwd: '/p',
    user: 'me',
    service_type: 'dev',
    since: '',
    started_at: null,
    project_path: null,
    branch: null,
    container: null,
  });
  expect(checkOutsiders([], none)).toMatchObject(ok());
  const check = checkOutsiders([outsider(3001), outsider(3000), outsider(3000, '127.0.0.1')], none);
  expect(check).toMatchObject(
    hint(
      /^3000 \(dev\): python3 -m http\.server \(pid 7\); 3001/,
      /^3000: cd \/p && styxy run -- python3 -m http\.server\n3001: cd/,
    ),
  );
  expect(
    checkOutsiders(
      Array.from({ length: 20 }, (_, at) => outsider(3000 + at)),
      none,
    ).detail,
  ).toMatch(/and 12 more$/);
  expect(checkOutsiders([outsider(3000)], () => undefined).fix).toBe(
    '3000: /p was not read, its disk does not answer',
  );
});

test('tools that are missing make the daemon blind', () => {
  expect(checkTools(['lsof', 'ps'], [], 'darwin')).toMatchObject(ok(/lsof, ps/));
  expect(checkTools(['lsof', 'ps'], ['lsof'], 'darwin')).toMatchObject(bad(/without lsof/, /PATH/));
  expect(checkTools(['/proc'], ['/proc'], 'linux')).toMatchObject(bad(/without \/proc/, /mount \/proc/));
});

test.each([
  ['18.20.0', false],
  ['20.18.9', false],
  ['20.19.0', true],
  ['24.1.0', true],
])('node %s: %s', (version, isGood) => {
  expect(checkNode(version).ok).toBe(isGood);
});

test('a system on which nothing was ever run is told, without being a fault', () => {
  expect(checkSystem('linux')).toEqual({ name: 'system', ...ok('linux') });
  for (const platform of ['darwin', 'win32'] as const)
    expect(checkSystem(platform)).toMatchObject(hint(new RegExp(`not proven on ${platform} yet`), /report/));
});

test('host names that only browsers find are told, and are no fault', () => {
  expect(checkNames(true, 'linux')).toMatchObject({ ok: true });
  expect(checkNames(true, 'linux')).not.toHaveProperty('fix');
  expect(checkNames(false, 'linux')).toMatchObject(hint(/browsers and curl/, /libnss-myhostname/));
});
