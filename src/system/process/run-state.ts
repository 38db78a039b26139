import { readFileSync } from 'node:fs';

/** stopped: by a signal (SIGSTOP, Ctrl-Z). traced: a debugger holds it. */
export type RunState = 'running' | 'stopped' | 'traced';

/** Whether a process may run at all. Undefined when it has ended, or where the system doesn't tell (only Linux does). */
export function runStateOf(pid: number): RunState | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    return parseRunState(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return undefined;
  }
}

/** From the text of a /proc/PID/status. */
export function parseRunState(status: string): RunState | undefined {
  const state = /^State:\s+(\w)/m.exec(status)?.[1];
  const tracer = /^TracerPid:\s+(\d+)/m.exec(status)?.[1] ?? '0';
  if (state === undefined || state === 'Z' || state === 'X') return undefined;
  if (tracer !== '0' || state === 't') return 'traced';
  return state === 'T' ? 'stopped' : 'running';
}
