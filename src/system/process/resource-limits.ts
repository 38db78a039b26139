import { readTextOrNothing } from '../files/read-text.ts';

/** A limit of /proc/PID/limits: what holds, and what it may be raised to; Infinity for none. */
export interface Limit {
  soft: number;
  hard: number;
}

/** The limits of this process by the names that Linux gives them; none on other systems. */
function ownLimits(): Map<string, Limit> {
  return process.platform === 'linux'
    ? parseLimits(readTextOrNothing('/proc/self/limits') ?? '')
    : new Map<string, Limit>();
}

export function parseLimits(text: string): Map<string, Limit> {
  const lines = [...text.matchAll(/^(Max [a-z ]+?) {2,}(\d+|unlimited) +(\d+|unlimited)/gm)];
  const number = (word = ''): number => (word === 'unlimited' ? Infinity : Number(word));
  return new Map(
    lines.map(([, name = '', soft, hard]) => [name, { soft: number(soft), hard: number(hard) }]),
  );
}

const OPEN_FILES = 'Max open files';
const KEPT_MS = 100;

/** How many files this process may have open, read anew now and then: others may change it. */
export function openFilesLimit(now: () => number): () => number | undefined {
  let known: { at: number; limit: number | undefined } | undefined;
  return () => {
    if (!known || now() - known.at > KEPT_MS) known = { at: now(), limit: ownLimits().get(OPEN_FILES)?.soft };
    return known.limit === Infinity ? undefined : known.limit;
  };
}

/** Each with the letter of `ulimit`: what would end a program that runs for days, or keep it from working. */
const LETTERS: Readonly<Record<string, string>> = {
  'Max cpu time': 't',
  'Max file size': 'f',
  'Max data size': 'd',
  'Max address space': 'v',
  'Max processes': 'u',
};

/** Node raises how many files it may have open as far as it may; with fewer than these, not much of a daemon is left. */
const ENOUGH_FILES = 64;

/** How many files a process may have that is started from here, if that is too few for a daemon. */
export function tooFewFiles(): number | undefined {
  const most = ownLimits().get(OPEN_FILES)?.hard ?? Infinity;
  return most < ENOUGH_FILES ? most : undefined;
}

/** Raises what it may: without end for root, else to the hard limit. `dash` has the letter p for u. */
const RAISE =
  'raise() { ulimit -$1 unlimited || ulimit -S -$1 "$(ulimit -H -$1)"; }; ' +
  'for l in $LIMITS; do raise $l || { [ $l = u ] && raise p; }; done 2>/dev/null; ' +
  'unset LIMITS; exec "$@"';

const NONE: Limit = { soft: Infinity, hard: Infinity };

/** Every system has a limit for processes; a lower one than it need be was set by somebody. */
const isCallers = (letter: string, { soft, hard }: Limit): boolean =>
  letter === 'u' ? soft < hard : soft < Infinity;

/**
 * The words that start a program without the limits that the caller has set for himself (`ulimit -t 60; npm test`).
 * Node can't change limits; a shell can, and then becomes the program.
 */
export function withoutCallersLimits(words: readonly string[]): { words: string[]; env: NodeJS.ProcessEnv } {
  const limits = ownLimits();
  const letters = Object.entries(LETTERS).flatMap(([name, letter]) =>
    isCallers(letter, limits.get(name) ?? NONE) ? [letter] : [],
  );
  if (letters.length === 0) return { words: [...words], env: {} };
  return { words: ['/bin/sh', '-c', RAISE, 'sh', ...words], env: { LIMITS: letters.join(' ') } };
}
