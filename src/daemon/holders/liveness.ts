import type { ProcessIdentity } from '../../system/process/identity.ts';
import type { ProcessFacts } from '../machine/facts.ts';

/**
 * Up to FEW processes are checked by their start time at every tick. Above that only kill(pid, 0) is asked, which takes
 * 2 us but misses zombies and recycled pids, and the start time (20 us) of every n-th.
 */
const FEW = 25;
const TICKS_PER_IDENTITY_CHECK = 30;

/** Answers for one tick. Many leases of one process cost one question. */
export type IsRunning = (process: ProcessIdentity) => boolean;

/** @returns begins a tick; `count`: how many holders there are; `thorough`: check all of them by their start time */
export function createLiveness(
  machine: Pick<ProcessFacts, 'isAlive' | 'exists'>,
): (about: { count: number; thorough: boolean }) => IsRunning {
  let ticks = 0;

  return ({ count, thorough }) => {
    let place = (ticks += 1);
    const answers = new Map<number, { startTime: string; isRunning: boolean }>();

    return (process) => {
      const byStartTime = thorough || count <= FEW || place++ % TICKS_PER_IDENTITY_CHECK === 0;
      const known = answers.get(process.pid);
      if (known?.startTime === process.startTime) return known.isRunning;
      const isRunning = byStartTime ? machine.isAlive(process) : machine.exists(process.pid);
      answers.set(process.pid, { startTime: process.startTime, isRunning });
      return isRunning;
    };
  };
}
