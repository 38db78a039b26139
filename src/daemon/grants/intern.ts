import type { Reason } from '../../domain/reason.ts';

const MOST_TEXTS = 1000;

/** @returns the copy that is kept of this text */
export type Intern = <Text extends string | undefined>(text: Text) => Text;

/**
 * Keeps one copy of each text that many leases have in common. Every request brings its own copy of the project's path
 * and branch; with thousands of leases that is memory for nothing.
 */
export function createIntern(): Intern {
  const pool = new Map<string, string>();
  return <Text extends string | undefined>(text: Text): Text => {
    if (text === undefined) return text;
    const known = pool.get(text);
    if (known !== undefined) return known as Text;
    if (pool.size >= MOST_TEXTS) pool.clear();
    pool.set(text, text);
    return text;
  };
}

/** Reasons by their texts. */
export type KnownReasons = Map<string, Reason>;

/** Most leases of a type have the same one. @returns the copy that is kept of this reason */
export function internReason(known: KnownReasons, reason: Reason): Reason {
  // What it names differs from lease to lease.
  if (reason.insteadOf !== undefined) return reason;
  const same = known.get(reason.text);
  if (same?.code === reason.code) return same;
  if (known.size >= MOST_TEXTS) known.clear();
  known.set(reason.text, reason);
  return reason;
}
