import type { ProcessIdentity } from '../../system/process/identity.ts';
import { startedBefore } from '../../system/process/moment.ts';
import { ignoresSignal } from '../../system/process/signal-masks.ts';
import type { Descendants } from './descendants.ts';
import { endDescendants } from './end-descendants.ts';
import { isInOurGroup } from './signals.ts';

/** Two signals that follow each other faster are one event: a shell and the kernel both tell of a closed terminal. ms */
const SAME_EVENT_MS = 500;
/** Longer than that, and people are told what is waited for. ms */
const TELL_AFTER_MS = 2000;

export interface EndingParts {
  /** The command's own process. */
  pid: number;
  descendants: Descendants;
  graceMs: () => Promise<number>;
  /** Told what still runs when the end takes long. */
  onSlow?: ((left: readonly ProcessIdentity[]) => void) | undefined;
}

/** The end of a command that was asked for, and of all that it has started. */
export interface Ending {
  readonly isAskedFor: boolean;
  /** A signal to us has begun it, or came after it had begun. */
  readonly isBySignal: boolean;
  /** Those that the signal has reached are asked by it, except for those that ignore it. @param at of `momentNow` */
  reached(signal: NodeJS.Signals, reached: 'group' | 'child', at: number): void;
  /** The grace begins: when it is over, all is ended. What fails is tried anew. @returns when nothing is left */
  begin(by?: 'signal'): Promise<void>;
  /** The command has ended. */
  commandEnded(): void;
  /** Somebody has asked once more. */
  askedAgain(): void;
}

export function createEnding({ pid, descendants, graceMs, onSlow }: EndingParts): Ending {
  const signals: { signal: NodeJS.Signals; reached: 'group' | 'child'; at: number }[] = [];
  let isAskedFor = false;
  let isBySignal = false;
  let hasEnded = false;
  let isOver = false;
  let latest = -Infinity;
  let work: Promise<void> | undefined;
  /** Before anybody could obey: what a shell has started leaves the tree with it. */
  let there: readonly ProcessIdentity[] | undefined;
  let tell: NodeJS.Timeout | undefined;

  function isAsked(target: ProcessIdentity): boolean {
    return signals.some(
      ({ signal, reached, at }) =>
        (target.pid === pid || (reached === 'group' && isInOurGroup(target.pid))) &&
        startedBefore(target, at) &&
        !ignoresSignal(target.pid, signal),
    );
  }

  async function endAll(): Promise<void> {
    const tree = (there ??= descendants.tree());
    await endDescendants(descendants, tree, {
      graceMs: await graceMs(),
      isAsked,
      isOver: () => isOver,
    });
    clearTimeout(tell);
  }

  return {
    get isAskedFor() {
      return isAskedFor;
    },
    get isBySignal() {
      return isBySignal;
    },
    reached(signal, reached, at) {
      isAskedFor = true;
      signals.push({ signal, reached, at });
      latest = performance.now();
    },
    begin(by) {
      if (!work) latest = performance.now();
      isAskedFor = true;
      isBySignal ||= by === 'signal';
      work ??= endAll().catch((error: unknown) => {
        work = undefined;
        throw error;
      });
      return work;
    },
    commandEnded() {
      hasEnded = true;
      if (isAskedFor) tell = setTimeout(() => onSlow?.(descendants.known()), TELL_AFTER_MS).unref();
    },
    askedAgain() {
      const now = performance.now();
      isBySignal ||= work !== undefined;
      there ??= descendants.tree();
      isOver ||= hasEnded && isAskedFor && now - latest > SAME_EVENT_MS;
      latest = now;
    },
  };
}
