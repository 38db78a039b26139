import { readdirSync, readFileSync } from 'node:fs';

/** Each look costs what is asked, often a daemon, as much as us: the longer a wait lasts the rarer it looks. */
const [SHORTEST_POLL_MS, LONGEST_POLL_MS, SHARE_OF_WAIT] = [20, 100, 0.1];
/** Machines are busy at times; where all is well nobody waits. */
const PATIENCE = 4;
const LONGEST_PATIENCE_MS = 60_000;

/**
 * Polls until `predicate` gives something truthy and returns it. Throws long after `deadlineMs`, which is what a machine
 * takes that has nothing else to do; `what` says then what was missing.
 */
export async function waitFor<T>(
  predicate: () => T | Promise<T>,
  deadlineMs = 15_000,
  what: string | (() => string) = 'the condition of waitFor()',
): Promise<NonNullable<T>> {
  const patienceMs = Math.max(deadlineMs, Math.min(deadlineMs * PATIENCE, LONGEST_PATIENCE_MS));
  const begin = Date.now();
  for (;;) {
    const value = await predicate();
    if (value) return value;
    const waitedMs = Date.now() - begin;
    if (waitedMs >= patienceMs) {
      throw new Error(`waited ${patienceMs} ms for ${typeof what === 'string' ? what : what()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, pauseAfter(waitedMs)));
  }
}

const pauseAfter = (waitedMs: number): number =>
  Math.min(Math.max(waitedMs * SHARE_OF_WAIT, SHORTEST_POLL_MS), LONGEST_POLL_MS);

/** What /proc/PID/stat says (Linux); `start` is in clock ticks since the boot. */
export interface ProcessStat {
  readonly state: string;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** The foreground group of the process's terminal; -1 without one. */
  readonly foregroundGroup: number;
  readonly start: string;
}

export function statOf(pid: number): ProcessStat | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return undefined;
  }
  // The command's name is in parentheses and may hold spaces and parentheses itself.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return {
    state: fields[0] ?? '?',
    parent: Number(fields[1]),
    group: Number(fields[2]),
    session: Number(fields[3]),
    foregroundGroup: Number(fields[5]),
    start: fields[19] ?? '',
  };
}

/** A zombie is dead: it only waits for its parent to read its status. */
export function isAlive(pid: number): boolean {
  if (process.platform === 'linux') {
    const state = statOf(pid)?.state;
    return state !== undefined && state !== 'Z' && state !== 'X';
  }
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

export function allPids(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** The direct children (Linux). */
export function childrenOf(pid: number): number[] {
  return allPids().filter((candidate) => statOf(candidate)?.parent === pid);
}
