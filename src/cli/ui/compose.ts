import { wrapWords } from '../print/table.ts';
import { startOf, widthOf } from '../print/text-width.ts';
import type { Picture } from '../screen/app.tsx';
import type { Note } from './notes.ts';

/** Above the body: what this is, and headings. */
const TOP_LINES = 2;
/** Below it: room for a message or an advice, and the keys. */
const NOTE_LINES = 2;

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** Styles for a terminal; the last one is no colour. */
export interface Styles {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  yellow(text: string): string;
  inverse(text: string): string;
}

export type Link = 'connecting' | 'live' | 'lost';

/** What a picture is made of. Texts are plain. */
export interface Contents {
  readonly link: Link;
  readonly title: string;
  /** Beside the title. */
  readonly summary: string;
  readonly headings: string;
  readonly body: readonly string[];
  readonly note: Note | undefined;
  /** A question, or what is typed, in place of the note and the keys. */
  readonly prompt: string | undefined;
  readonly keys: string;
}

export const bodyHeight = ({ rows }: Size): number => Math.max(1, rows - TOP_LINES - NOTE_LINES - 1);

const LINKS: Readonly<Record<Link, string>> = {
  connecting: 'connecting',
  live: 'live',
  lost: 'connection lost',
};

/** One picture for a window of any size; what has no room is cut, the last line never. */
export function compose(contents: Contents, size: Size, styles: Styles): Picture {
  const { headings, body, prompt, keys } = contents;
  const { columns } = size;
  const hasRoom = size.rows > TOP_LINES + NOTE_LINES + 1;
  return {
    top: hasRoom ? [titleLine(contents, columns, styles), styles.dim(headings)] : [],
    body: body.slice(0, bodyHeight(size)),
    bottom: [
      ...(hasRoom ? noteLines(contents.note, columns, styles) : []),
      prompt === undefined ? styles.dim(startOf(keys, columns)) : styles.bold(fromEnd(prompt, columns)),
    ],
  };
}

function titleLine({ title, summary, link }: Contents, columns: number, { bold, red }: Styles): string {
  const right = LINKS[link];
  const room = columns - widthOf(right) - 2;
  const left = startOf(`${title}  ${summary}`, Math.max(0, room));
  const gap = ' '.repeat(Math.max(1, columns - widthOf(left) - widthOf(right)));
  const shown = left.startsWith(title) ? bold(title) + left.slice(title.length) : left;
  return `${shown}${gap}${link === 'lost' ? red(right) : right}`;
}

function noteLines(note: Note | undefined, columns: number, { red, yellow }: Styles): string[] {
  const lines = note ? wrapWords(note.text, columns) : [];
  if (lines.length > NOTE_LINES) {
    const last = `${lines[NOTE_LINES - 1]} ${lines[NOTE_LINES]}`;
    lines.splice(NOTE_LINES - 1, lines.length, `${startOf(last, columns - 1)}…`);
  }
  const painted = lines.map(note?.isProblem === true ? red : yellow);
  return [...painted, ...Array.from({ length: NOTE_LINES - lines.length }, () => '')];
}

/** What is typed at the end of it must be seen. */
function fromEnd(text: string, columns: number): string {
  let rest = text;
  while (widthOf(rest) > columns) rest = Array.from(rest).slice(1).join('');
  return rest;
}
