import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { findFreePort } from '../../../src/client/free-port.ts';

async function takenPort(host: string): Promise<number> {
  const server = createServer().unref();
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => void server.listen(0, host, resolve));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

test('a wish that is free is taken, the first of them', async () => {
  const taken = await takenPort('127.0.0.1');
  const found = await findFreePort([20_000, 20_100], [undefined, taken]);
  expect(found).not.toBe(taken);
  expect(found).toBeGreaterThanOrEqual(20_000);
  expect(await findFreePort([20_000, 20_100], [taken, found])).toBe(found);
});

test('the port is within the range, and can be asked for again and again', async () => {
  const first = await findFreePort([21_000, 21_050], []);
  expect(first).toBeGreaterThanOrEqual(21_000);
  expect(first).toBeLessThanOrEqual(21_050);
  expect(await findFreePort([21_000, 21_050], [])).toBe(first);
});

test.each(['127.0.0.1', '::1', '::'])(
  'a range that is full, by a listener on %s, gives none',
  async (host) => {
    const taken = await takenPort(host);
    expect(await findFreePort([taken, taken], [])).toBeUndefined();
  },
);

test('ports that are to be left out are neither wishes nor found in the range', async () => {
  const range = [22_000, 22_050] as const;
  const first = (await findFreePort(range, [])) ?? NaN;
  const second = (await findFreePort(range, [first], [first])) ?? NaN;
  expect(second).toBeGreaterThan(first);
  expect(await findFreePort(range, [first, second], [first])).toBe(second);
  expect(await findFreePort([first, first], [first], [first])).toBeUndefined();
});
