import { expect, test } from 'vitest';
import { pauseUnlessAsked } from '../../../src/run/child/signals.ts';

/** Longer than any test waits. ms */
const LONG = 600_000;

test('a pause ends when it is over for another reason, and no signal is told', async () => {
  const over = new AbortController();
  const pause = pauseUnlessAsked(LONG, over.signal);
  over.abort();
  expect(await pause).toBeUndefined();
});
