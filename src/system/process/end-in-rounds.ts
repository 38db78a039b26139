import type { ProcessIdentity } from './identity.ts';

/** A program may start another one as its last act; two that start each other anew are not waited for. */
const MOST_ROUNDS = 8;

/** Ends what is found, and what is found then, until there is nothing new. What could not be ended is not tried twice. */
export async function endInRounds(
  find: () => Promise<readonly ProcessIdentity[]>,
  end: (found: readonly ProcessIdentity[]) => Promise<unknown>,
): Promise<void> {
  const met = new Set<string>();
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const left = (await find()).filter(({ pid, startTime }) => !met.has(`${pid} ${startTime}`));
    if (left.length === 0) return;
    for (const { pid, startTime } of left) met.add(`${pid} ${startTime}`);
    await end(left);
  }
}
