import type { AuditAnswer, AuditEntry } from './answers/audit.ts';

/** An answer about no entry yet. */
export function emptyAudit(): AuditAnswer {
  const statistics = { by_action: counters(), by_type: counters(), first: null, last: null };
  return { entries: [], total: 0, statistics, damaged: 0 };
}

/** Anybody may ask for a type named `constructor`: no name may find what objects have by birth. */
const counters = (): Record<string, number> => Object.create(null) as Record<string, number>;

/** Puts one entry more into the answer. */
export function countEntry(entry: AuditEntry, answer: AuditAnswer): void {
  const { by_action: actions, by_type: types } = answer.statistics;
  answer.entries.push(entry);
  answer.total += 1;
  actions[entry.action] = (actions[entry.action] ?? 0) + 1;
  if (typeof entry.type === 'string') types[entry.type] = (types[entry.type] ?? 0) + 1;
  answer.statistics.first ??= entry.time;
  answer.statistics.last = entry.time;
}
