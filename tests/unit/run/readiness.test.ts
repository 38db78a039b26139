import { beforeEach, expect, test } from 'vitest';
import { createReadyCheck } from '../../../src/run/leases/readiness.ts';

let now: number;
let isReady: ReturnType<typeof createReadyCheck>;
beforeEach(() => {
  now = 0;
  isReady = createReadyCheck(() => now);
});

const at = (ms: number, state: 'granted' | 'bound' | 'drifted', ...ports: number[]): boolean => {
  now = ms;
  return isReady({ state, actual_ports: ports });
};

test('a program on its port is ready at once', () => {
  expect(at(0, 'granted')).toBe(false);
  expect(at(1, 'bound', 3000)).toBe(true);
});

test('one that listens elsewhere is ready when it has stayed there for a while', () => {
  expect([at(0, 'drifted', 5173), at(1400, 'drifted', 5173), at(1500, 'drifted', 5173)]).toEqual([
    false,
    false,
    true,
  ]);
});

test('one that goes on to another port, or stops to listen, is waited for anew', () => {
  expect([at(0, 'drifted', 5173), at(1500, 'drifted', 5174), at(2000, 'granted')]).toEqual([
    false,
    false,
    false,
  ]);
  expect([at(2100, 'drifted', 5174), at(3000, 'drifted', 5174)]).toEqual([false, false]);
});

test('ports that the system gave to it are most likely helpers, and count much later', () => {
  expect([at(0, 'drifted', 40_000), at(5000, 'drifted', 40_000), at(10_000, 'drifted', 40_000)]).toEqual([
    false,
    false,
    true,
  ]);
});
