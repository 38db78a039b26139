import { expect, test } from 'vitest';
import { isPort, parsePort } from '../../../src/base/port-number.ts';

test.each(['1', '80', '3000', '65535'])('%s is a port', (text) => {
  expect(parsePort(text, '--port')).toBe(Number(text));
  expect(isPort(Number(text))).toBe(true);
});

test.each([
  '',
  '0',
  '00000',
  '65536',
  '99999',
  '100000',
  '3000abc',
  ' 3000',
  '3000 ',
  '3e3',
  '0x10',
  '-1',
  '+3000',
  '3000.5',
  '٣٠٠٠',
])('%j is no port, and the message says where it came from', (text) => {
  const problem = { code: 'INVALID_PORT', message: `"${text}" is not a port`, why: 'it was given as --port' };
  expect(() => parsePort(text, '--port')).toThrow(expect.objectContaining(problem));
});

test.each([0, 65_536, -1, 3000.5, NaN, Infinity, '3000', null, undefined, {}])(
  'the value %j is no port',
  (value) => {
    expect(isPort(value)).toBe(false);
  },
);
