import { expect, test } from 'vitest';
import { parseLsof } from '../../../src/system/ports/lsof.ts';

const OUTPUT = [
  'p501',
  'crapportd',
  'Lmaria',
  'f4',
  'tIPv4',
  'n*:49152',
  'f5',
  'tIPv6',
  'n*:49152',
  'p7410',
  'cnode',
  'Lmaria',
  'f21',
  'tIPv6',
  'n[::1]:5173',
  'f23',
  'tIPv4',
  'n127.0.0.1:9229',
  'p7500',
  'cCode Helper (Plu',
  'Lmaria',
  'f40',
  'tIPv6',
  'n[fe80:1::1]:6000',
  '',
].join('\n');

test('each listening socket has its process, also a second one of the same process', () => {
  expect(parseLsof(OUTPUT)).toEqual([
    { address: '0.0.0.0', port: 49152, pid: 501, command: 'rapportd', user: 'maria' },
    { address: '::', port: 49152, pid: 501, command: 'rapportd', user: 'maria' },
    { address: '::1', port: 5173, pid: 7410, command: 'node', user: 'maria' },
    { address: '127.0.0.1', port: 9229, pid: 7410, command: 'node', user: 'maria' },
    { address: 'fe80:1::1', port: 6000, pid: 7500, command: 'Code Helper (Plu', user: 'maria' },
  ]);
});

test('names without a port are no sockets', () => {
  expect(parseLsof('p1\ncx\nLroot\nfcwd\ntDIR\nn/home/maria:x\nf3\ntIPv4\nn*:*\n')).toEqual([]);
  expect(parseLsof('')).toEqual([]);
});
