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
};

/** Raises what it may: without end for root, else to the hard limit. */
const RAISE =
  'for l in $LIMITS; do ulimit -$l unlimited 2>/dev/null || ulimit -S -$l "$(ulimit -H -$l)" 2>/dev/null; done; ' +
  'unset LIMITS; exec "$@"';

/**
 * The words that start a program without the limits that the caller has set for himself (`ulimit -t 60; npm test`).
 * Node can't change limits; a shell can, and then becomes the program.
 */
export function withoutCallersLimits(words: readonly string[]): { words: string[]; env: NodeJS.ProcessEnv } {
  const limits = ownLimits();
  const letters = Object.entries(LETTERS).flatMap(([name, letter]) =>
    (limits.get(name)?.soft ?? Infinity) === Infinity ? [] : [letter],
  );
  if (letters.length === 0) return { words: [...words], env: {} };
  return { words: ['/bin/sh', '-c', RAISE, 'sh', ...words], env: { LIMITS: letters.join(' ') } };
}
