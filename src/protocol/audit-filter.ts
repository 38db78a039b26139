import { parseDuration } from '../base/duration.ts';
import { StyxyError } from '../base/styxy-error.ts';
import { EVENTS, type EventName } from './events.ts';
import type { AuditQuery } from './requests/queries.ts';

/** Streamed only: `bound` says nothing that the lease's state does not say. */
const NOT_KEPT: ReadonlySet<EventName> = new Set(['bound']);

/** Which events the audit log keeps: its actions. */
export const AUDIT_ACTIONS: readonly EventName[] = (Object.keys(EVENTS) as EventName[]).filter(
  (name) => !NOT_KEPT.has(name),
);

/** The words of the API and the command line may be used to ask, too. */
const ALSO_CALLED: Readonly<Record<string, EventName>> = {
  allocate: 'granted',
  allocated: 'granted',
  grant: 'granted',
  release: 'released',
  refuse: 'refused',
};

export interface AuditFilter {
  action: EventName | undefined;
  type: string | undefined;
  /** ms since the epoch */
  since: number | undefined;
  /** ms since the epoch */
  until: number | undefined;
  limit: number;
}

const DEFAULT_LIMIT = 100;

/** @throws StyxyError INVALID_REQUEST, naming the field */
export function readAuditQuery(
  { action, type, since, until, limit = DEFAULT_LIMIT }: AuditQuery,
  now: number,
): AuditFilter {
  return {
    action: action === undefined ? undefined : actionNamed(action),
    type,
    ...rangeOf({ since, until }, now),
    limit,
  };
}

function rangeOf({ since, until }: Pick<AuditQuery, 'since' | 'until'>, now: number) {
  const from = since === undefined ? undefined : timeOf('since', since, now);
  const to = until === undefined ? undefined : timeOf('until', until, now);
  if (from !== undefined && to !== undefined && from > to)
    throw refused('until', until ?? '', `that is before ${since}, from where on entries are asked for`);
  return { since: from, until: to };
}

function actionNamed(text: string): EventName {
  const name = Object.hasOwn(ALSO_CALLED, text) ? ALSO_CALLED[text] : text;
  const found = AUDIT_ACTIONS.find((each) => each === name);
  if (found) return found;
  throw refused('action', text, `actions are ${AUDIT_ACTIONS.join(', ')}`);
}

function timeOf(field: 'since' | 'until', text: string, now: number): number {
  if (/^\d{4}-\d\d-\d\d/.test(text)) {
    const time = Date.parse(text);
    if (!Number.isNaN(time)) return time;
  } else {
    try {
      return now - parseDuration(text);
    } catch {
      // Told below, like a wrong date.
    }
  }
  throw refused(
    field,
    text,
    'it is a length of time like 30s, 10m, 1h or 7d, or a time like 2030-12-31T23:59Z',
  );
}

function refused(field: string, text: string, why: string): StyxyError {
  return new StyxyError('INVALID_REQUEST', `${field}: ${JSON.stringify(text.slice(0, 80))} is not possible`, {
    why,
    hint: 'styxy audit --help shows what can be asked, and the API reference for programs',
    details: { field },
  });
}
