import { readFileSync } from 'node:fs';
import { isatty } from 'node:tty';
import { parseGroups } from './proc-stat.ts';

/** The process group of a living process or a zombie (Linux); undefined where the system doesn't tell. */
export function groupOf(pid: number): number | undefined {
  return groupsOf(pid)?.own;
}

/**
 * Our process group is the one the terminal belongs to now: it gets what the terminal's keys send, and may write to the
 * terminal (from the background even a line on stderr may stop us: stty tostop).
 */
export function isInForeground(): boolean {
  if (process.platform === 'win32') return true;
  const groups = groupsOf(process.pid);
  return groups ? groups.own === groups.foreground : isatty(0);
}

function groupsOf(pid: number): { own: number; foreground: number } | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    return parseGroups(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return undefined;
  }
}
