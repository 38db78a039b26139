import type { Context } from '../context.ts';
import { cleanWriter, jsonText, type Output } from '../print/output.ts';

/** What the work of another command has said. */
export interface Captured {
  readonly context: Context;
  /** What it would have written to stdout. */
  readonly data: string[];
  /** And to stderr. */
  readonly notes: string[];
}

/**
 * The same context for the work of another command, whose words are shown in the window instead of written to it.
 * @param width for text of several lines, in colour; undefined: for one plain line
 */
export function capture(context: Context, width?: number): Captured {
  const data: string[] = [];
  const notes: string[] = [];
  const paint: Output['paint'] = width === undefined ? (_, text) => text : context.out.paint;
  const written = cleanWriter(
    (text) => void data.push(...text.split('\n')),
    () => width !== undefined,
  );
  const out: Output = {
    ...written,
    exact: written.data,
    json: (value) => written.data(jsonText(value)),
    note: cleanWriter(
      (text) => void notes.push(text),
      () => false,
    ).line,
    paint,
    paintNote: (_, text) => text,
    // Nothing may be drawn beside the window.
    notesAreRead: false,
    notesAreLogged: false,
    waitingFor: () => () => undefined,
    handOver: () => undefined,
    dataIsRead: false,
    failure: undefined,
    width,
  };
  return { context: { ...context, out }, data, notes };
}
