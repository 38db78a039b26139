import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { waitUntil, type WakeUp } from '../../../src/run/leases/wait-until.ts';

const HOUR_MS = 3_600_000;

/** Time goes on only when a test says so. */
beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => vi.useRealTimers());

/** Lets time go on until the wait is over. */
async function passed<T>(wait: Promise<T>): Promise<T> {
  let isOver = false;
  const over = wait.finally(() => (isOver = true));
  over.catch(() => undefined);
  while (!isOver) await vi.advanceTimersByTimeAsync(5);
  return over;
}

/** Something that rings when the test says so. */
function bell() {
  const rings = new Set<() => void>();
  const wakeUp: WakeUp = (ring) => {
    rings.add(ring);
    return () => rings.delete(ring);
  };
  return {
    wakeUp,
    ring: () => rings.forEach((ring) => ring()),
    get listeners() {
      return rings.size;
    },
  };
}

test('what is so already needs no waiting, and listens to nothing', async () => {
  const { wakeUp } = bell();
  let subscribed = 0;
  const counted: WakeUp = (ring) => (subscribed++, wakeUp(ring));
  expect(await waitUntil(async () => 'yes', { timeoutMs: 0, wakeUps: [counted] })).toBe('yes');
  expect(subscribed).toBe(0);
});

test('a ring brings the next question at once, and the end stops all listening', async () => {
  const door = bell();
  const phone = bell();
  let asked = 0;
  const ask = async () => (++asked === 3 ? asked : undefined);
  const wait = waitUntil(ask, { timeoutMs: HOUR_MS, wakeUps: [door.wakeUp, phone.wakeUp] });
  for (const { ring } of [door, phone]) {
    await vi.advanceTimersByTimeAsync(0);
    ring();
  }
  expect(await wait).toBe(3);
  expect(performance.now()).toBe(0);
  expect([door.listeners, phone.listeners]).toEqual([0, 0]);
});

test('a ring during the answer counts as well', async () => {
  const door = bell();
  let asked = 0;
  const ask = async () => {
    door.ring();
    return ++asked === 3 ? asked : undefined;
  };
  const wait = waitUntil(ask, { timeoutMs: HOUR_MS, wakeUps: [door.wakeUp] });
  await vi.advanceTimersByTimeAsync(50);
  expect(await wait).toBe(3);
});

test('without a ring it asks again all the same, less and less often', async () => {
  const at: number[] = [];
  const ask = async () => (at.push(performance.now()) === 60 ? 'yes' : undefined);
  expect(await passed(waitUntil(ask, { timeoutMs: HOUR_MS }))).toBe('yes');
  const pauses = at.slice(1).map((time, index) => time - (at[index] ?? 0));
  expect([pauses[0], pauses.at(-1)]).toEqual([50, 500]);
  expect(pauses).toEqual(pauses.toSorted((a, b) => a - b));
});

test('when the time is over it has asked once more', async () => {
  const at: number[] = [];
  const ask = async () => void at.push(performance.now());
  expect(await passed(waitUntil(ask, { timeoutMs: 120 }))).toBeUndefined();
  expect(at).toEqual([0, 50, 100, 120]);
});

test('a signal ends it in the middle of a pause', async () => {
  const over = new AbortController();
  const wait = waitUntil(async () => undefined, { timeoutMs: HOUR_MS, signal: over.signal });
  await vi.advanceTimersByTimeAsync(1);
  over.abort();
  expect(await wait).toBeUndefined();
});

test('what asking throws ends it, and stops all listening', async () => {
  const door = bell();
  let asked = 0;
  const ask = async () => {
    if (++asked === 2) throw new Error('gone');
    return undefined;
  };
  const wait = passed(waitUntil(ask, { timeoutMs: HOUR_MS, wakeUps: [door.wakeUp] }));
  await expect(wait).rejects.toThrow('gone');
  expect(door.listeners).toBe(0);
});
