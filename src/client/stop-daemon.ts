import { StyxyError } from '../base/styxy-error.ts';
import { refuseOtherMachine } from '../system/other-machine.ts';
import type { Paths } from '../system/paths.ts';
import { readPidFile, type PidFile } from '../system/pid-file.ts';
import { isHolderAlive } from '../system/pid-holder.ts';
import { bootId } from '../system/process/identity.ts';
import { sleep } from '../system/sleep.ts';

const STOP_LIMIT_MS = 5000;
const CHECK_EVERY_MS = 10;

/**
 * Ends the daemon that `daemon.pid` names, if that very process still lives: a stale file never
 * ends another process. Leases stay in the journal for the next daemon, also when it has to be killed because it does not end.
 * @param holder end only this one, if it is still in charge
 * @param limitMs how long it has for SIGTERM
 * @returns its pid, or undefined when none was running
 * @throws StyxyError DAEMON_UNREACHABLE when even SIGKILL does not end it, STATE_UNWRITABLE when it is another machine's
 */
export async function stopDaemon(
  paths: Paths,
  holder: PidFile | undefined = readPidFile(paths.pid),
  limitMs: number = STOP_LIMIT_MS,
): Promise<number | undefined> {
  const boot = bootId();
  if (!holder || !isHolderAlive(holder, boot)) {
    refuseOtherMachine(paths.root);
    return undefined;
  }
  for (const [signal, patience] of [
    ['SIGTERM', limitMs],
    ['SIGKILL', STOP_LIMIT_MS],
  ] as const) {
    if (isHolderAlive(holder, boot)) process.kill(holder.pid, signal);
    const deadline = performance.now() + patience;
    while (performance.now() < deadline) {
      if (!isHolderAlive(holder, boot)) return holder.pid;
      await sleep(CHECK_EVERY_MS);
    }
  }
  throw new StyxyError('DAEMON_UNREACHABLE', `the daemon (pid ${holder.pid}) does not end`, {
    why: `it was sent SIGKILL ${STOP_LIMIT_MS / 1000} seconds ago: the system itself holds it, most likely for a disk`,
    hint: 'look after the file system of its home',
  });
}
