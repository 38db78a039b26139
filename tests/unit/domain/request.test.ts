import { expect, test } from 'vitest';
import { refusalOf } from '../../../src/domain/request.ts';
import { serviceType, sourcesFor } from '../../support/leases.ts';

const dev = serviceType('dev', 3000, 3099);
const api = serviceType('api', 8000, 8099);
const rules = sourcesFor([dev, api], [9876]);
const refusal = (port: number, force = false) => refusalOf(port, dev, force, rules);

test.each([3000, 3099, 1024, 5555, 65_535])('port %i may be granted to a dev server', (port) => {
  expect(refusal(port)).toBeUndefined();
});

test.each([
  [80, 'system services', '--force'],
  [1023, 'system services', '--force'],
  [8000, 'it lies in the range of "api" (8000-8099), and "dev" was asked for', '--type api, or --force'],
])('port %i needs an explicit word', (port, why, option) => {
  expect(refusal(port)).toMatchObject({
    code: 'PORT_NOT_ALLOWED',
    why: expect.stringContaining(why),
    hint: expect.stringContaining(option),
    details: { port },
  });
  expect(refusal(port, true)).toBeUndefined();
});

test.each([
  [9876, 'the Styxy daemon itself'],
  [6000, 'browsers refuse'],
  [10_080, 'browsers refuse'],
])('port %i is granted to nobody, and no option is promised', (port, why) => {
  for (const force of [false, true]) {
    expect(refusal(port, force)).toMatchObject({
      why: expect.stringContaining(why),
      hint: 'choose another port',
    });
  }
});

test.each([4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 10_080])(
  'browsers refuse %i, so no service gets it',
  (port) => {
    expect(refusal(port, true)?.code).toBe('PORT_NOT_ALLOWED');
  },
);
