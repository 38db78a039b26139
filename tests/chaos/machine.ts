import { readdirSync, readFileSync } from 'node:fs';
import { isAlive, statOf } from '../support/processes.ts';

/** The truth about processes and ports, read from the kernel with none of our own code. */

export interface ProcessId {
  readonly pid: number;
  readonly start: string;
}

export function identityOf(pid: number): ProcessId | undefined {
  const stat = statOf(pid);
  return stat && isAlive(pid) ? { pid, start: stat.start } : undefined;
}

export function lives({ pid, start }: ProcessId): boolean {
  return isAlive(pid) && statOf(pid)?.start === start;
}

/** All TCP ports that somebody listens on. */
export function listeningPorts(): Set<number> {
  const LISTEN = '0A';
  const ports = new Set<number>();
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of readLines(table).slice(1)) {
      const [, local = '', , state] = line.trim().split(/\s+/);
      if (state === LISTEN) ports.add(Number.parseInt(local.slice(local.lastIndexOf(':') + 1), 16));
    }
  }
  return ports;
}

/** Living processes that were started with this variable in their environment. */
export function processesWith(variable: string): { pid: number; command: string }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => readText(`/proc/${pid}/environ`).split('\0').includes(variable) && isAlive(pid))
    .map((pid) => ({ pid, command: readText(`/proc/${pid}/cmdline`).split('\0').join(' ').trim() }));
}

const readLines = (path: string): string[] => readText(path).split('\n').filter(Boolean);

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
