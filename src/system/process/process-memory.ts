import { identify } from './identity.ts';

/** How long what was read of a process serves: programs rename themselves, and change their folder. ms */
const FRESH_FOR_MS = 2000;

/** What was read of processes, to be had again for the price of a look at the start time (20 us on Linux). */
export interface ProcessMemory<Value> {
  /** Undefined when the process has ended. */
  of(pid: number): Value | undefined;
  /** Forgets all other processes. */
  keepOnly(pids: ReadonlySet<number>): void;
}

/** Only as long as a pid stands for the same process does it mean what was remembered. */
export function createProcessMemory<Value>(
  read: (pid: number) => Value | undefined,
  now: () => number = () => performance.now(),
): ProcessMemory<Value> {
  const known = new Map<number, { startTime: string; readAt: number; value: Value | undefined }>();
  return {
    of(pid) {
      const startTime = identify(pid)?.startTime;
      if (startTime === undefined) return undefined;
      const memory = known.get(pid);
      if (memory?.startTime === startTime && now() - memory.readAt <= FRESH_FOR_MS) return memory.value;
      const value = read(pid);
      known.set(pid, { startTime, readAt: now(), value });
      return value;
    },
    keepOnly(pids) {
      for (const pid of known.keys()) if (!pids.has(pid)) known.delete(pid);
    },
  };
}
