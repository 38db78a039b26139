import { expect, test } from 'vitest';
import { parseProcNet } from '../../../src/system/ports/proc-net.ts';

const HEADER =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';

const line = (local: string, state: string, uid: string, inode: string, width = 8) =>
  `   0: ${local} ${'0'.repeat(width)}:0000 ${state} 00000000:00000000 00:00000000 00000000 ${uid}        0 ${inode} 1 0000000003051991 100 0 0 10 0                     `;

const listening = (family: 'ipv4' | 'ipv6', local: string) =>
  parseProcNet([HEADER, line(local, '0A', '    0', '48'), ''].join('\n'), family);

test('an IPv4 address is read from the order in which a little-endian kernel prints it', () => {
  expect(listening('ipv4', '0100007F:1F90')).toEqual([
    { address: '127.0.0.1', port: 8080, uid: 0, inode: '48' },
  ]);
  expect(listening('ipv4', '020200C0:07E8')).toMatchObject([{ address: '192.0.2.2', port: 2024 }]);
  expect(listening('ipv4', '00000000:FFFF')).toMatchObject([{ address: '0.0.0.0', port: 65535 }]);
});

test('an IPv6 address is printed in its shortest form', () => {
  const addressOf = (hex: string) => listening('ipv6', `${hex}:0BB8`)[0]?.address;
  expect(addressOf('00000000000000000000000000000000')).toBe('::');
  expect(addressOf('00000000000000000000000001000000')).toBe('::1');
  expect(addressOf('000080FE00000000FF00FC00010000FE')).toBe('fe80::fc:ff:fe00:1');
  expect(addressOf('B80D0120000001000000000005000000')).toBe('2001:db8:1::5');
});

test('a v4-mapped address ends in its four numbers', () => {
  expect(listening('ipv6', '0000000000000000FFFF00000100007F:0BB8')).toMatchObject([
    { address: '::ffff:127.0.0.1', port: 3000 },
  ]);
});

test('user and inode are those of the socket', () => {
  const text = `${HEADER}\n${line('0100007F:1F90', '0A', ' 1000', '4294967290')}\n`;
  expect(parseProcNet(text, 'ipv4')).toMatchObject([{ uid: 1000, inode: '4294967290' }]);
});

test('connections, and what is no socket at all, are left out', () => {
  const states = ['01', '02', '03', '04', '05', '06', '07', '08', '09', '0B'];
  const lines = states.map((state) => line('0100007F:1F90', state, '    0', '7'));
  expect(parseProcNet([HEADER, ...lines, '', 'garbage 0A'].join('\n'), 'ipv4')).toEqual([]);
  expect(parseProcNet('', 'ipv6')).toEqual([]);
});
