import { promises } from 'node:fs';
import type { ProcessRow } from './process-table.ts';

/** Zombie (ended, not collected yet) and the two kinds of dead. */
const ENDED = new Set(['Z', 'X', 'x']);

/**
 * The process that a line of /proc/PID/stat (proc_pid_stat(5)) tells of; undefined when it has ended.
 * A program chooses its own name (field 2), with blanks and parentheses if it likes: fields count from the last ")".
 */
export function parseStat(line: string): ProcessRow | undefined {
  const [state, parent, ...rest] = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const startTime = rest[22 - 5];
  if (state === undefined || ENDED.has(state) || parent === undefined || startTime === undefined)
    return undefined;
  return { pid: Number.parseInt(line, 10), parent: Number(parent), startTime };
}

/** Process group and session of a /proc/PID/stat, and the group that its terminal belongs to now (-1: it has no terminal). */
export function parseGroups(line: string): { own: number; session: number; foreground: number } {
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  return { own: Number(fields[2]), session: Number(fields[3]), foreground: Number(fields[5]) };
}

/**
 * The arguments in a /proc/PID/cmdline, joined by blanks; so are the lines of an argument, and a terminal's control
 * characters, since this is for people to read. Programs that write a title over their arguments leave NULs behind it.
 */
export function parseCommandLine(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ').trim();
}

/** Name and effective user of a /proc/PID/status. */
export function parseStatus(text: string): { name: string | null; uid: number | null } {
  const uid = /^Uid:\s+\d+\s+(\d+)/m.exec(text)?.[1];
  return { name: /^Name:\t(.*)$/m.exec(text)?.[1] ?? null, uid: uid === undefined ? null : Number(uid) };
}

/** The kernel counts in hundredths of a second towards programs, whatever its own clock. */
const TICK_MS = 10;

/**
 * When the machine started, of a /proc/stat.
 * @param offset of the time namespace that it was read in
 * @returns ms since the epoch, cut to the second
 */
export function parseBootTime(text: string, offset = 0): number | undefined {
  const seconds = /^btime (-?\d+)$/m.exec(text)?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1000 + offset * TICK_MS;
}

/** @param startTime of a /proc/PID/stat: ticks since the machine started */
export function startedAt(startTime: string, bootTime: number | undefined): string | null {
  const time = new Date((bootTime ?? NaN) + Number(startTime) * TICK_MS);
  return Number.isFinite(time.valueOf()) ? time.toISOString() : null;
}

/** All process ids of this pid namespace (Linux), in ascending order. */
export async function listPids(): Promise<number[]> {
  return pidsIn(await promises.readdir('/proc'));
}

export function pidsIn(names: readonly string[]): number[] {
  return names.filter((name) => /^\d+$/.test(name)).map(Number);
}
