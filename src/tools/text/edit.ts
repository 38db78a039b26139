import type {
  ArgvSource,
  CopySource,
  QuotedSource,
  ScriptSource,
  Source,
  Span,
  TextSource,
  Word,
} from './word.ts';

/** Words that take the place of a span; of nothing, when the span is empty. They must need no quotes. */
export interface Edit extends Span {
  words: readonly string[];
}

/** What is to become of a text wherever no edit says something else. */
export type Exchange = (text: string) => readonly Exchanged[];

export interface Exchanged {
  start: number;
  end: number;
  to: string;
}

export function editArgv(source: ArgvSource, edits: readonly Edit[], exchange: Exchange): string[] {
  const lifted = fromTheEnd(source, lift(edits, exchange));
  const isEdited = (at: number): boolean => lifted.some(({ start, end }) => start <= at && at < end);
  const words = source.words.map((word, at) => (isEdited(at) ? word : exchanged(word, exchange)));
  for (const edit of lifted) words.splice(edit.start, edit.end - edit.start, ...edit.words);
  return words;
}

function exchanged(text: string, exchange: Exchange): string {
  return splice({ kind: 'file', text, place: undefined }, [], exchange);
}

/** Every byte outside the spans, and outside what is exchanged, stays as it was. */
export function editText(
  source: ScriptSource | CopySource,
  edits: readonly Edit[],
  exchange: Exchange,
): string {
  return splice(source, lift(edits, exchange), exchange);
}

function splice(source: TextSource, edits: readonly Edit[], exchange: Exchange): string {
  let { text } = source;
  const own = fromTheEnd(source, edits);
  const others = exchange(text)
    .filter(({ start, end }) => own.every((edit) => end <= edit.start || start >= edit.end))
    .map(({ start, end, to }): Edit => ({ source, start, end, words: [to] }));
  for (const edit of fromTheEnd(source, [...own, ...others])) {
    const gap = edit.start === edit.end ? ' ' : '';
    text = `${text.slice(0, edit.start)}${gap}${edit.words.join(' ')}${text.slice(edit.end)}`;
  }
  return text;
}

/** Edits inside quoted texts, as edits of the words that hold them. */
function lift(edits: readonly Edit[], exchange: Exchange): Edit[] {
  const inner = edits.find(({ source }) => source.kind === 'quoted');
  if (inner === undefined) return [...edits];
  const source = deepest(inner.source as QuotedSource, edits);
  const { outer } = source;
  const text = splice(source, edits, exchange);
  // Arguments, and lines of a file, stand there without a shell's quotes.
  const isBare = outer.source.kind === 'argv' || outer.source.kind === 'copy';
  const word = isBare ? text : requoted(outer, source.text, text);
  const lifted: Edit = { source: outer.source, start: outer.start, end: outer.end, words: [word] };
  return lift([...edits.filter((edit) => edit.source !== source), lifted], exchange);
}

/** A quoted text that no other edited text stands in. */
function deepest(source: QuotedSource, edits: readonly Edit[]): QuotedSource {
  const below = edits.find((edit) => edit.source.kind === 'quoted' && edit.source.outer.source === source);
  return below === undefined ? source : deepest(below.source as QuotedSource, edits);
}

/** The quotes stay as they are where nothing between them needs an escape. */
function requoted({ text: written }: Word, before: string, after: string): string {
  const quote = written[0] ?? '';
  const kept = (quote === '"' || quote === "'") && written === `${quote}${before}${quote}`;
  return kept ? `${quote}${after}${quote}` : `"${after.replaceAll(/["\\$`]/g, String.raw`\$&`)}"`;
}

/** From the end, so that no splice moves the spans still to come. Of two edits of one span, the first is made. */
function fromTheEnd(source: Source, edits: readonly Edit[]): Edit[] {
  const own = edits.filter((edit) => edit.source === source);
  const once = own.filter(
    (edit, index) =>
      edit.start === edit.end ||
      own.findIndex(({ start, end }) => start === edit.start && end === edit.end) === index,
  );
  return once.toSorted((a, b) => b.start - a.start || b.end - a.end);
}
