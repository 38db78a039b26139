import { expect, test } from 'vitest';
import { oneAtATime } from '../../../src/system/ports/one-at-a-time.ts';

function work() {
  const ends: { resolve: (value: number) => void; reject: (error: Error) => void }[] = [];
  const ask = oneAtATime(() => new Promise<number>((resolve, reject) => ends.push({ resolve, reject })));
  return { ends, ask };
}
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('who asks meanwhile gets an answer that began later, and all of them the same', async () => {
  const { ends, ask } = work();
  const [first, second, third] = [ask(), ask(), ask()];
  expect(ends).toHaveLength(1);
  ends[0]?.resolve(1);
  expect(await first).toBe(1);
  await settled();
  expect(ends).toHaveLength(2);
  ends[1]?.resolve(2);
  expect(await Promise.all([second, third])).toEqual([2, 2]);
});

test('a failure is told to those who asked for it, and the next one begins all the same', async () => {
  const { ends, ask } = work();
  const [first, second] = [ask(), ask()];
  ends[0]?.reject(new Error('no'));
  await expect(first).rejects.toThrow('no');
  await settled();
  ends[1]?.resolve(2);
  expect(await second).toBe(2);
  void ask();
  expect(ends).toHaveLength(3);
});
