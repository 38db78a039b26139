/** Limits of the wire that clients check too, before they ask. */

export const MOST_SUGGESTIONS = 100;
/** 30 days. */
export const LONGEST_TTL_MS = 30 * 86_400_000;
