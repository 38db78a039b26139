import { expect, test } from 'vitest';
import { variableIn } from '../../../src/system/process/environment.ts';
import {
  parsePs,
  parsePsCommands,
  parsePsDescriptions,
  parsePsVariable,
} from '../../../src/system/process/macos.ts';
import { parseDying } from '../../../src/system/process/signal-masks.ts';
import {
  parseBootTime,
  parseCommandLine,
  parseStat,
  parseStatus,
  startedAt,
} from '../../../src/system/process/proc-stat.ts';
import { viewOf } from '../../../src/system/process/tree.ts';
import { parsePasswd } from '../../../src/system/process/users.ts';
import { parseCim, parseCimDescriptions } from '../../../src/system/process/windows.ts';
import { parseBootOffset } from '../../../src/system/process/time-namespace.ts';

const stat = (name: string, state: string) =>
  `5751 (${name}) ${state} 5749 5751 5751 0 -1 4194560 1831 28550 1 33 0 2 23 9 20 0 1 0 105810 5124096 937 18446744073709551615 94065453228032 94065454017437 140725342929072 0 0 0 65536 4 1132560123 1 0 0 17 0 0 0 0 0 0 94065454250736 94065454298980 94065468977152 140725342931837 140725342931852 140725342931852 140725342932970 0\n`;

const ROW = { pid: 5751, parent: 5749, startTime: '105810' };

test('a stat line gives pid, parent and start time', () => {
  expect(parseStat(stat('bash', 'S'))).toEqual(ROW);
});

test('a name with blanks, parentheses and line breaks moves no field', () => {
  for (const name of ['tmux: server', 'a) R 1 1 1', '(sd-pam)', ') Z 1', 'a\nb) X 0', '']) {
    expect(parseStat(stat(name, 'R'))).toEqual(ROW);
  }
});

test('what has ended has no row; what sleeps, waits or is stopped has one', () => {
  for (const state of ['Z', 'X', 'x']) expect(parseStat(stat('node', state))).toBeUndefined();
  for (const state of ['R', 'S', 'D', 'T', 't', 'I']) expect(parseStat(stat('node', state))).toEqual(ROW);
  expect(parseStat('')).toBeUndefined();
});

test('a command line is its arguments, without the padding of rewritten titles', () => {
  expect(parseCommandLine(['node', 'server.js', '--port', '3000', ''].join('\0'))).toBe(
    'node server.js --port 3000',
  );
  expect(parseCommandLine('nginx: master process nginx\0\0\0  \0')).toBe('nginx: master process nginx');
  expect(parseCommandLine('')).toBe('');
});

test('a command line is one line, and does nothing to a terminal', () => {
  expect(parseCommandLine('node\0-e\0\n  one()\n  two()\0')).toBe('node -e   one()   two()');
  expect(parseCommandLine('evil\0\u001b[2J\u009b31m\0')).toBe('evil [2J 31m');
});

test('the user of a process is the effective one', () => {
  const text =
    'Name:\tsudo su\nUmask:\t0022\nState:\tS (sleeping)\nPid:\t7\nUid:\t1000\t0\t0\t0\nGid:\t5\t5\t5\t5\n';
  expect(parseStatus(text)).toEqual({ name: 'sudo su', uid: 0 });
  expect(parseStatus('')).toEqual({ name: null, uid: null });
});

test('a variable counts only with its whole name, and has its whole value', () => {
  const environ = 'HOME=/root\0STYXY_LOCK_ID=abc\0LAST=x=y\0EMPTY=\0';
  expect(variableIn(environ, 'STYXY_LOCK_ID')).toBe('abc');
  expect(variableIn(environ, 'HOME')).toBe('/root');
  expect(variableIn(environ, 'LAST')).toBe('x=y');
  expect(variableIn(environ, 'EMPTY')).toBe('');
  expect(variableIn(environ, 'LOCK_ID')).toBeUndefined();
  expect(variableIn(environ, 'STYXY_LOCK')).toBeUndefined();
  expect(variableIn('', 'A')).toBeUndefined();
});

test('the first name of a user id wins, and comments are skipped', () => {
  const names = parsePasswd(
    '# users\nroot:x:0:0:root:/root:/bin/bash\ntoor:x:0:0::/root:/bin/sh\n\nme:x:1000:\n',
  );
  expect([...names]).toEqual([
    [0, 'root'],
    [1000, 'me'],
  ]);
});

test('ps: five words of start time, no zombies', () => {
  const text = [
    '    1     0 Ss   Fri Nov 20 09:12:01 2026    ',
    '  501     1 S+   Sat Nov  7 02:01:23 2026    ',
    '  502   501 Z+   Sat Nov  7 02:01:24 2026    ',
    '',
  ].join('\n');
  expect(parsePs(text)).toEqual([
    { pid: 1, parent: 0, startTime: 'Fri Nov 20 09:12:01 2026' },
    { pid: 501, parent: 1, startTime: 'Sat Nov  7 02:01:23 2026' },
  ]);
});

test('ps: a command keeps its inner blanks', () => {
  expect([...parsePsCommands('  501 node  server.js -x \n 7 /sbin/launchd\n')]).toEqual([
    [501, 'node  server.js -x'],
    [7, '/sbin/launchd'],
  ]);
});

test('ps: a variable of the environment stands behind the command, which may name it as well', () => {
  const text = [
    '  501 node server.js TERM=xterm STYXY_LOCK_ID=abc HOME=/Users/me',
    '  502 env STYXY_LOCK_ID=other node x.js STYXY_LOCK_ID=abc',
    '  503 node server.js MY_STYXY_LOCK_ID=abc',
    '  504 /sbin/launchd',
  ].join('\n');
  expect([...parsePsVariable(text, 'STYXY_LOCK_ID')]).toEqual([
    [501, 'abc'],
    [502, 'abc'],
  ]);
});

test('Windows: a parent that is younger than its child is another process with a used pid', () => {
  const rows = parseCim(
    '10 4 638000000000000005\r\n20 10 638000000000000009\r\n30 20 638000000000000007\r\n',
  );
  expect(rows.map(({ pid, parent }) => [pid, parent])).toEqual([
    [10, 4],
    [20, 10],
    [30, 0],
  ]);
});

test('a list of all processes can be walked downwards and upwards', () => {
  const view = viewOf([
    { pid: 1, parent: 0, startTime: 'a' },
    { pid: 5, parent: 1, startTime: 'b' },
    { pid: 6, parent: 1, startTime: 'c' },
  ]);
  expect(view.childrenOf(1)).toEqual([5, 6]);
  expect(view.childrenOf(5)).toEqual([]);
  expect(view.read(6)?.parent).toBe(1);
  expect(view.read(9)).toBeUndefined();
});

test('Linux: a start is so many hundredths of a second after that of the machine', () => {
  const booted = parseBootTime('cpu  1 2 3\nbtime 1795250970\nprocesses 7\n');
  expect(booted).toBe(1_795_250_970_000);
  expect(startedAt('105810', booted)).toBe('2026-11-21T09:07:08.100Z');
  expect([parseBootTime(''), startedAt('1', undefined), startedAt('x', booted)]).toEqual([
    undefined,
    null,
    null,
  ]);
});

test('macOS: a process has its user, its start and its whole command line', () => {
  const text = [
    '  501 maria            Fri Nov 21 09:22:54 2025     /usr/libexec/rapportd',
    ' 7410 _www             Sat Nov  1 23:00:01 2025     node server.js --title  a  b',
    '  PID USER STARTED COMMAND',
    '',
  ].join('\n');
  expect(parsePsDescriptions(text)).toEqual(
    new Map([
      [
        501,
        { pid: 501, user: 'maria', command: '/usr/libexec/rapportd', startedAt: '2025-11-21T09:22:54.000Z' },
      ],
      [
        7410,
        {
          pid: 7410,
          user: '_www',
          command: 'node server.js --title  a  b',
          startedAt: '2025-11-01T23:00:01.000Z',
        },
      ],
    ]),
  );
});

test('Windows: a process has its user, its start and its command line, or at least its name', () => {
  const text = [
    '7410|638993137741234567|maria|node.exe|"C:\\Program Files\\nodejs\\node.exe" server.js | more',
    '1100|638993088000000000||svchost.exe|',
    '4|||System|',
    'Get-CimInstance : access denied',
  ].join('\r\n');
  expect([...parseCimDescriptions(text).values()]).toEqual([
    {
      pid: 7410,
      user: 'maria',
      cwd: null,
      command: '"C:\\Program Files\\nodejs\\node.exe" server.js | more',
      startedAt: '2025-11-21T09:22:54.123Z',
    },
    { pid: 1100, user: null, cwd: null, command: 'svchost.exe', startedAt: '2025-11-21T08:00:00.000Z' },
    { pid: 4, user: null, cwd: null, command: 'System', startedAt: null },
  ]);
});

test('a process is dying when it has ended, or when a signal waits for it', () => {
  const status = (state: string, own: string, shared: string) =>
    `Name:\tcat\nState:\t${state} (x)\nSigPnd:\t${own}\nShdPnd:\t${shared}\nSigBlk:\t0000000000000000\n`;
  const none = '0'.repeat(16);
  expect(parseDying(status('S', none, none))).toBe(false);
  expect(parseDying(status('Z', none, none))).toBe(true);
  expect(parseDying(status('R', none, '0000000000000002'))).toBe(true);
  expect(parseDying(status('R', '0000000000000100', none))).toBe(true);
  // SIGTSTP and SIGCONT stop and wake.
  expect(parseDying(status('S', none, '0000000000080000'))).toBe(false);
  expect(parseDying(status('S', none, '0000000000020000'))).toBe(false);
  expect(parseDying('Name:\tcat\nState:\tS (sleeping)\n')).toBeUndefined();
});

test.each([
  ['monotonic           0         0\nboottime      1000000         0\n', 100_000_000],
  ['monotonic           0         0\nboottime         -100 990000000\n', -9901],
  ['monotonic           5         0\nboottime            0         0\n', 0],
  [undefined, 0],
])('the clock of a time namespace, %j, is ahead by %d hundredths of a second', (text, offset) => {
  expect(parseBootOffset(text)).toBe(offset);
});
