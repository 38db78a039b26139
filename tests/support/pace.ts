import { spawn } from 'node:child_process';
import { once } from 'node:events';

const STARTS = 3;

/**
 * What this machine takes now for the least that Node can do, in ms: the median start and end of `node -e 0`, some 40 ms
 * on one that has nothing else to do. What must be quick is compared with it, since whatever keeps the machine busy makes
 * both take longer.
 */
export async function bareStart(): Promise<number> {
  const times: number[] = [];
  for (let turn = 0; turn < STARTS; turn++) {
    const startedAt = performance.now();
    await once(spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' }), 'exit');
    times.push(performance.now() - startedAt);
  }
  return times.toSorted((a, b) => a - b)[STARTS >> 1] ?? NaN;
}
