import type { ArgvSource, QuotedSource, ScriptSource, Source, Span, TextSource, Word } from './word.ts';

/** Words that take the place of a span; of nothing, when the span is empty. They must need no quotes. */
export interface Edit extends Span {
  words: readonly string[];
}

export function editArgv(source: ArgvSource, edits: readonly Edit[]): string[] {
  const words = [...source.words];
  for (const edit of fromTheEnd(source, lift(edits)))
    words.splice(edit.start, edit.end - edit.start, ...edit.words);
  return words;
}

/** Every byte outside the spans stays as it was. */
export function editScript(source: ScriptSource, edits: readonly Edit[]): string {
  return splice(source, lift(edits));
}

function splice(source: TextSource, edits: readonly Edit[]): string {
  let { text } = source;
  for (const edit of fromTheEnd(source, edits)) {
    const gap = edit.start === edit.end ? ' ' : '';
    text = `${text.slice(0, edit.start)}${gap}${edit.words.join(' ')}${text.slice(edit.end)}`;
  }
  return text;
}

/** Edits inside quoted texts, as edits of the words that hold them. */
function lift(edits: readonly Edit[]): Edit[] {
  const inner = edits.find(({ source }) => source.kind === 'quoted');
  if (inner === undefined) return [...edits];
  const source = deepest(inner.source as QuotedSource, edits);
  const { outer } = source;
  const text = splice(source, edits);
  const word = outer.source.kind === 'argv' ? text : requoted(outer, source.text, text);
  const lifted: Edit = { source: outer.source, start: outer.start, end: outer.end, words: [word] };
  return lift([...edits.filter((edit) => edit.source !== source), lifted]);
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
