import { readFileSync } from 'node:fs';
import { waitFor } from './processes.ts';

/** One line that a program of `programs/` wrote about itself. */
interface Entry {
  readonly event: string;
  readonly pid: number;
  readonly [detail: string]: unknown;
}

/**
 * What programs tell the test, through a file: it works where the terminal is gone,
 * and no echo, no banner and no line wrap can be mistaken for it.
 */
export interface Journal {
  readonly file: string;
  entries(): Entry[];
  count(event: string): number;
  /** Waits for the `times`-th entry of that event and returns it. */
  until(event: string, times?: number, deadlineMs?: number): Promise<Entry>;
}

export function journalAt(file: string): Journal {
  const entries = (): Entry[] => {
    let text: string;
    try {
      text = readFileSync(file, 'utf8');
    } catch {
      return [];
    }
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    return whole
      .split('\n')
      .filter(Boolean)
      .map((line): Entry => JSON.parse(line));
  };
  const of = (event: string) => entries().filter((entry) => entry.event === event);
  return {
    file,
    entries,
    count: (event) => of(event).length,
    until: (event, times = 1, deadlineMs = 20_000) =>
      waitFor(
        () => of(event)[times - 1],
        deadlineMs,
        () =>
          `${event}${times > 1 ? ` (number ${times})` : ''} in the child's journal, which has: ` +
          (entries()
            .map((entry) => entry.event)
            .join(', ') || 'nothing'),
      ),
  };
}
