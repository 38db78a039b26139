import { constants } from 'node:os';
import { groupOf, isInForeground } from '../../system/process/group.ts';
import { ignoresSignal, isTakingSignal } from '../../system/process/signal-masks.ts';
import { sleep } from '../../system/sleep.ts';
import type { GroupWitness } from './group-witness.ts';

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
export const ENDING: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'];
/** Signals that a terminal sends to its whole foreground group. */
const FROM_TERMINAL: ReadonlySet<NodeJS.Signals> = new Set(['SIGINT', 'SIGQUIT', 'SIGWINCH'] as const);

export const asksToEnd = (signal: NodeJS.Signals): boolean => ENDING.includes(signal);

/** Sent by a key, as far as it reached our whole group. */
export const isTerminalKey = (signal: NodeJS.Signals): boolean =>
  FROM_TERMINAL.has(signal) && isInForeground();

/** A command that takes no notice of a hangup (`nohup`), or of keys, is not asked to end by it. */
export const isIgnoredBy = (pid: number, signal: NodeJS.Signals): boolean =>
  signal !== 'SIGTERM' && ignoresSignal(pid, signal);

/** @returns how to stop listening */
export function onForwardedSignals(listener: (signal: NodeJS.Signals) => void): () => void {
  const known = FORWARDED.filter((signal) => signal in constants.signals);
  for (const signal of known) process.on(signal, listener);
  return () => {
    for (const signal of known) process.off(signal, listener);
  };
}

/**
 * The signal was sent to our whole process group, and with it to the child: forwarding it would deliver it twice, which
 * many servers take as "force quit". Node can't see who sent a signal, so the witness is asked; where it can't tell, our
 * group being the foreground group of our terminal means that the terminal has sent it.
 */
export async function reachedGroup(signal: NodeJS.Signals, witness: GroupWitness): Promise<boolean> {
  return (await witness.heard(signal)) ?? (FROM_TERMINAL.has(signal) && isInForeground());
}

/** A thread that is not scheduled may keep a signal for that long. */
const MOST_TURNS = 100;

/** Waits until what was sent to us, and is not pending any more, has reached our handlers. */
export async function signalsTaken(): Promise<void> {
  for (let turn = 0; turn < MOST_TURNS && isTakingSignal(); turn++) await sleep(1);
  await new Promise((resolve) => setImmediate(resolve));
}

/** A process of our own group gets what is sent to the group; assumed where the system doesn't tell groups. */
export function isInOurGroup(pid: number): boolean {
  return groupOf(pid) === groupOf(process.pid);
}

/** Waits; a signal that asks us to end ends the wait, and so does `over`. @returns that signal */
export function pauseUnlessAsked(ms: number, over?: AbortSignal): Promise<NodeJS.Signals | undefined> {
  return new Promise((resolve) => {
    const finish = (signal?: NodeJS.Signals): void => {
      stopListening();
      clearTimeout(timer);
      resolve(signal);
    };
    const stopListening = onForwardedSignals((signal) => {
      if (asksToEnd(signal)) finish(signal);
    });
    const timer = setTimeout(finish, ms);
    over?.addEventListener('abort', () => finish(), { once: true });
  });
}
