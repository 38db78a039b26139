import { readFileSync } from 'node:fs';

/** What a daemon that did not start said, for people. */
export interface StartFailure {
  why: string;
  /** What it says to try. */
  hint?: string;
}

/**
 * Reads why a daemon did not start from its log: the error line that every foreseen failure writes, else the message
 * of a crash, else the last words.
 * @param from where the log ended before that start, in bytes
 */
export function readStartFailure(log: string, from: number): StartFailure | undefined {
  let bytes: Buffer;
  try {
    bytes = readFileSync(log);
  } catch {
    return undefined;
  }
  // A log that is shorter now was renamed away meanwhile, and began anew.
  const text = bytes.toString('utf8', bytes.length < from ? 0 : from);
  return findStartFailure(text.split('\n').filter((line) => line.trim() !== ''));
}

export function findStartFailure(lines: readonly string[]): StartFailure | undefined {
  const entries = lines.flatMap((line) => asEntry(line) ?? []);
  const failure = entries.findLast(({ level, error }) => level === 'error' && typeof error === 'string');
  if (failure) {
    const why = [failure.error, failure.why].filter((part) => typeof part === 'string').join(': ');
    return typeof failure.hint === 'string' ? { why, hint: failure.hint } : { why };
  }
  const crash = lines.findLast((line) => /^(Uncaught )?\w*Error\b.*: ./.test(line));
  if (crash !== undefined) return { why: crash };
  const words = lines.map((line) => asEntry(line)?.msg ?? line).filter((word) => typeof word === 'string');
  return words.length > 0 ? { why: `its log ends with: ${words.slice(-3).join(' | ')}` } : undefined;
}

type Entry = Partial<Record<'level' | 'msg' | 'error' | 'why' | 'hint', unknown>>;

function asEntry(line: string): Entry | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
