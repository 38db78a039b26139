import { expect, test } from 'vitest';
import { createQueue } from '../../../../src/daemon/ledger/queue.ts';

test('tasks run one after the other, in the order in which they were asked for', async () => {
  const inTurn = createQueue();
  const story: string[] = [];
  const task = (name: string) => async () => {
    story.push(`${name} starts`);
    await new Promise(setImmediate);
    story.push(`${name} ends`);
    return name;
  };
  expect(await Promise.all(['a', 'b'].map((name) => inTurn(task(name))))).toEqual(['a', 'b']);
  expect(story).toEqual(['a starts', 'a ends', 'b starts', 'b ends']);
});

test('a failed task fails for its asker only', async () => {
  const inTurn = createQueue();
  const failed = inTurn(() => Promise.reject(new Error('no')));
  const next = inTurn(() => Promise.resolve('yes'));
  await expect(failed).rejects.toThrow('no');
  expect(await next).toBe('yes');
});
