import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { collectGarbage, createMemoryTrimmer } from '../../../../src/daemon/lifecycle/trim-memory.ts';

let collections: number;
beforeEach(() => {
  collections = 0;
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => void vi.useRealTimers());

/** A daemon whose collections are counted. */
function daemon() {
  const { noteRequest, close } = createMemoryTrimmer(() => (collections += 1));
  const ask = (times: number): void => {
    for (let turn = 0; turn < times; turn++) noteRequest();
  };
  return { ask, close };
}

test('after many requests memory is given back, in two turns, when nobody has asked for a while', () => {
  const { ask } = daemon();
  ask(3000);
  vi.advanceTimersByTime(2000);
  ask(1);
  vi.advanceTimersByTime(2000);
  expect(collections).toBe(0);
  vi.advanceTimersByTime(1000);
  expect(collections).toBe(1);
  vi.advanceTimersByTime(2000);
  ask(1);
  vi.advanceTimersByTime(2000);
  expect(collections).toBe(1);
  vi.advanceTimersByTime(60_000);
  expect(collections).toBe(2);

  ask(100);
  vi.advanceTimersByTime(60_000);
  expect(collections).toBe(2);
  ask(1000);
  vi.advanceTimersByTime(60_000);
  expect(collections).toBe(4);
});

test('a daemon that ends gives nothing back any more', () => {
  const { ask, close } = daemon();
  ask(1000);
  close();
  vi.advanceTimersByTime(60_000);
  expect(collections).toBe(0);
});

test('the collector can be called by name', () => {
  const before = process.memoryUsage().heapUsed;
  let rubbish: unknown[] | undefined = Array.from({ length: 200_000 }, (_, index) => ({ index }));
  expect(rubbish).toHaveLength(200_000);
  const withRubbish = process.memoryUsage().heapUsed;
  rubbish = undefined;
  collectGarbage();
  collectGarbage();
  expect(process.memoryUsage().heapUsed - before).toBeLessThan((withRubbish - before) / 2);
});
