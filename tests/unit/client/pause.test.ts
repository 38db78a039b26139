import { expect, test } from 'vitest';
import { pauseAfter } from '../../../src/client/ensure-daemon.ts';

test('who waits for a daemon to start finds it soon after it is there, and asks seldom where that takes long', () => {
  let waited = 0;
  let asked = 0;
  for (; waited < 10_000; asked++) {
    const pause = pauseAfter(waited);
    expect(pause).toBeLessThanOrEqual(5 + waited / 10);
    waited += pause;
  }
  expect(asked).toBeLessThan(100);
});
