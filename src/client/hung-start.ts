import type { ChildProcess } from 'node:child_process';
import { readTextOrNothing } from '../system/files/read-text.ts';
import { sleep } from '../system/sleep.ts';

/** In which a process that gets on at all is seen to. ms */
const WATCH_MS = 200;

/**
 * Ends a daemon that hangs before its first line: where no more threads may be started (`ulimit -u`), Node waits for ever for
 * those that it has asked for, and each such process leaves fewer for the next. Until it has the lock, a daemon only
 * computes and reads files; one that sleeps all the time does neither. Only Linux tells.
 * @returns whether it was ended
 */
export async function endIfHung(child: ChildProcess): Promise<boolean> {
  const before = sleepOf(child);
  if (before === undefined) return false;
  await sleep(WATCH_MS);
  return sleepOf(child) === before && child.kill('SIGKILL');
}

/** How often it has gone to sleep, if it sleeps. */
function sleepOf({ pid, exitCode, signalCode }: ChildProcess): string | undefined {
  if (pid === undefined || exitCode !== null || signalCode !== null) return undefined;
  const status = readTextOrNothing(`/proc/${pid}/status`) ?? '';
  if (!/^State:\s+S/m.test(status)) return undefined;
  return /^voluntary_ctxt_switches:\s+(\d+)/m.exec(status)?.[1];
}
