import { StyxyError } from '../base/styxy-error.ts';
import type { Paths } from '../system/paths.ts';
import { readPidFile } from '../system/pid-file.ts';
import { isHolderAlive } from '../system/pid-holder.ts';
import { bootId } from '../system/process/identity.ts';
import { sleep } from '../system/sleep.ts';

const STOP_LIMIT_MS = 5000;
const LOOK_EVERY_MS = 10;

/**
 * Ends the daemon that `daemon.pid` names, if that very process still lives: a stale file never costs a stranger his
 * process. Leases stay in the journal for the next daemon.
 * @returns its pid, or undefined when none was running
 * @throws StyxyError DAEMON_UNREACHABLE when it does not end
 */
export async function stopDaemon(paths: Paths): Promise<number | undefined> {
  const boot = bootId();
  const holder = readPidFile(paths.pid);
  if (!holder || !isHolderAlive(holder, boot)) return undefined;
  process.kill(holder.pid, 'SIGTERM');
  const deadline = Date.now() + STOP_LIMIT_MS;
  while (isHolderAlive(holder, boot)) {
    if (Date.now() > deadline) {
      throw new StyxyError('DAEMON_UNREACHABLE', `the daemon (pid ${holder.pid}) does not end`, {
        why: `it had ${STOP_LIMIT_MS / 1000} seconds after SIGTERM`,
        hint: `kill -9 ${holder.pid}: no lease is lost by that`,
      });
    }
    await sleep(LOOK_EVERY_MS);
  }
  return holder.pid;
}
