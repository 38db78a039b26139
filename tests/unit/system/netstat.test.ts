import { expect, test } from 'vitest';
import { parseMacosNetstat, parseWindowsNetstat } from '../../../src/system/ports/netstat.ts';

const WINDOWS = [
  '',
  'Active Connections',
  '',
  '  Proto  Local Address          Foreign Address        State           PID',
  '  TCP    0.0.0.0:135            0.0.0.0:0              LISTENING       1100',
  '  TCP    127.0.0.1:3000         0.0.0.0:0              LISTENING       20144',
  '  TCP    127.0.0.1:3000         127.0.0.1:52011        ESTABLISHED     20144',
  '  TCP    [::]:135               [::]:0                 LISTENING       1100',
  '  TCP    [::1]:5173             [::]:0                 LISTENING       8812',
  '  TCP    [fe80::1c%12]:8080     [::]:0                 LISTENING       9',
  '',
].join('\r\n');

test('Windows: the listening sockets with their pids, without connections', () => {
  expect(parseWindowsNetstat(WINDOWS)).toEqual([
    { address: '0.0.0.0', port: 135, pid: 1100 },
    { address: '127.0.0.1', port: 3000, pid: 20144 },
    { address: '::', port: 135, pid: 1100 },
    { address: '::1', port: 5173, pid: 8812 },
    { address: 'fe80::1c', port: 8080, pid: 9 },
  ]);
});

test('Windows: the word for the state may be of any language', () => {
  const german = '  TCP    0.0.0.0:445            0.0.0.0:0              ABHÖREN         4';
  expect(parseWindowsNetstat(german)).toEqual([{ address: '0.0.0.0', port: 445, pid: 4 }]);
});

const MACOS = [
  'Active Internet connections (including servers)',
  'Proto Recv-Q Send-Q  Local Address          Foreign Address        (state)    ',
  'tcp4       0      0  127.0.0.1.3000         *.*                    LISTEN     ',
  'tcp46      0      0  *.8080                 *.*                    LISTEN     ',
  'tcp4       0      0  *.22                   *.*                    LISTEN     ',
  'tcp6       0      0  ::1.5173               *.*                    LISTEN     ',
  'tcp6       0      0  fe80::1%lo0.6000       *.*                    LISTEN     ',
  'tcp4       0      0  192.0.2.7.52011        198.51.100.4.443       ESTABLISHED',
  'tcp4       0      0  127.0.0.1.3001         127.0.0.1.52012        TIME_WAIT  ',
  '',
].join('\n');

test('macOS: the port comes after the last dot, and nobody is named', () => {
  expect(parseMacosNetstat(MACOS)).toEqual([
    { address: '127.0.0.1', port: 3000, pid: null },
    { address: '::', port: 8080, pid: null },
    { address: '0.0.0.0', port: 22, pid: null },
    { address: '::1', port: 5173, pid: null },
    { address: 'fe80::1', port: 6000, pid: null },
  ]);
});
