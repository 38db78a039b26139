import type { PidFile } from './pid-file.ts';
import { isAlive } from './process/identity.ts';

/**
 * The very process that the file names lives, in this boot of the machine. A recycled pid does not count. Apart from
 * pid-file.ts, which every start loads: this needs the table of processes.
 */
export function isHolderAlive(
  file: Pick<PidFile, 'pid' | 'start_time' | 'boot_id'>,
  currentBoot: string,
): boolean {
  return file.boot_id === currentBoot && isAlive({ pid: file.pid, startTime: file.start_time });
}
