import { expect, test } from 'vitest';
import { createEnding } from '../../../../src/daemon/lifecycle/ending.ts';

test('a daemon ends once, for the first reason, however often it is asked to', async () => {
  const reasons: string[] = [];
  const ending = createEnding();
  ending.by(async (reason) => void reasons.push(reason));
  await Promise.all([ending.stop('idle'), ending.stop('SIGTERM'), ending.ended]);
  await ending.stop('SIGTERM');
  expect(reasons).toEqual(['idle']);
});

test('a daemon that runs closes down in the turn in which it is asked to', async () => {
  const reasons: string[] = [];
  const ending = createEnding();
  ending.by(async (reason) => void reasons.push(reason));
  void ending.stop('SIGTERM');
  expect(reasons).toEqual(['SIGTERM']);
});

test('a daemon that is asked to end while it starts ends when it has started', async () => {
  const story: string[] = [];
  const ending = createEnding();
  const stopped = ending.stop('a newer version takes over');
  story.push('started');
  ending.by(async (reason) => void story.push(reason));
  await Promise.all([stopped, ending.ended]);
  expect(story).toEqual(['started', 'a newer version takes over']);
});

test('an end that fails is told to those who asked for it', async () => {
  const ending = createEnding();
  ending.by(() => Promise.reject(new Error('the disk is full')));
  await expect(ending.stop('idle')).rejects.toThrow('the disk is full');
});
