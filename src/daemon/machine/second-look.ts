import { sleep } from '../../system/sleep.ts';

const SECOND_LOOK_MS = 50;

/**
 * Whether a port that was found in use is in use a moment later, too. Somebody's probe listens for a moment, and what
 * has just been ended may hold its port for one more; neither makes an orphan of a lease.
 */
export async function isStillInUse(look: () => Promise<boolean>): Promise<boolean> {
  await sleep(SECOND_LOOK_MS);
  return look();
}
