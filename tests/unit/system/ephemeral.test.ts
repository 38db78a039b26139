import { expect, test } from 'vitest';
import {
  parseNetsh,
  parsePortList,
  parsePortPair,
  readEphemeralPorts,
} from '../../../src/system/ports/ephemeral.ts';

test('two numbers are a range, as Linux and macOS print it', () => {
  expect(parsePortPair('32768\t60999\n')).toEqual({ first: 32_768, last: 60_999 });
  expect(parsePortPair('49152\n65535\n')).toEqual({ first: 49_152, last: 65_535 });
  expect(parsePortPair('')).toBeUndefined();
  expect(parsePortPair('60999 32768')).toBeUndefined();
});

test('a list has single ports and spans', () => {
  expect(parsePortList('3000,9000-9100\n')).toEqual([
    { first: 3000, last: 3000 },
    { first: 9000, last: 9100 },
  ]);
  expect(parsePortList('\n')).toEqual([]);
});

test('netsh is read whatever its language', () => {
  const text =
    '\nProtokoll tcp: dynamischer Portbereich\n---------\nStartport      : 49152\nAnzahl von Ports : 16384\n\n';
  expect(parseNetsh(text)).toEqual({ first: 49_152, last: 65_535 });
  expect(parseNetsh('access denied')).toBeUndefined();
});

test('a system without the tool that knows is not asked twice, and nothing fails', async () => {
  const { reserved } = await readEphemeralPorts();
  expect(Array.isArray(reserved)).toBe(true);
});
