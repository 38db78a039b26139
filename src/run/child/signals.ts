import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { isatty } from 'node:tty';

/**
 * Everything that a shell, a service manager or a person may send to a program. Not SIGTSTP, SIGTTIN and SIGTTOU: their
 * default action stops us together with the child, which is what a shell waits for.
 * SIGUSR1 must have a listener: without one Node opens its inspector.
 */
const FORWARDED: readonly NodeJS.Signals[] = [
  'SIGINT',
  'SIGTERM',
  'SIGHUP',
  'SIGQUIT',
  'SIGUSR1',
  'SIGUSR2',
  'SIGALRM',
  'SIGCONT',
  'SIGWINCH',
];

/** Signals that ask a program to end. */
const ENDING: ReadonlySet<NodeJS.Signals> = new Set(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const);
/** Signals that a terminal sends to its whole foreground group, so that the child has them already. */
const FROM_TERMINAL: ReadonlySet<NodeJS.Signals> = new Set(['SIGINT', 'SIGQUIT', 'SIGWINCH'] as const);

export const asksToEnd = (signal: NodeJS.Signals): boolean => ENDING.has(signal);

/** @returns how to stop listening */
export function onForwardedSignals(listener: (signal: NodeJS.Signals) => void): () => void {
  const known = FORWARDED.filter((signal) => signal in constants.signals);
  for (const signal of known) process.on(signal, listener);
  return () => {
    for (const signal of known) process.off(signal, listener);
  };
}

/**
 * The terminal has sent this signal to the child as well as to us: forwarding it would deliver it twice, which many
 * servers take as "force quit". Node can't see who sent a signal; but when our group is the foreground group of our
 * terminal, it is the terminal that sends these.
 */
export function reachedChildAlready(signal: NodeJS.Signals): boolean {
  return FROM_TERMINAL.has(signal) && isInForeground();
}

/**
 * Our process group is the one the terminal belongs to now. From the background even a line on stderr may stop us
 * (stty tostop).
 */
export function isInForeground(): boolean {
  if (process.platform === 'win32') return true;
  if (process.platform !== 'linux') return isatty(0);
  try {
    const stat = readFileSync('/proc/self/stat', 'utf8');
    // The command's name may contain spaces and brackets; the fields start behind its last one: state, ppid, pgrp,
    // session, tty_nr, tpgid.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[2] === fields[5];
  } catch {
    return isatty(0);
  }
}
