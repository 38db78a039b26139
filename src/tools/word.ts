/** The text that words stand in, and that an edit is spliced into. Two words share a text only if it is the same object. */
export type Source = ArgvSource | ScriptSource;

export interface ArgvSource {
  kind: 'argv';
  words: readonly string[];
}

/** A script of a package.json. Its text can be exchanged only when the package manager lets us choose the script shell. */
export interface ScriptSource {
  kind: 'script';
  name: string;
  text: string;
  writable: boolean;
}

/** `start` and `end` are indexes into `words` for argv, and offsets into `text` for a script. */
export interface Span {
  source: Source;
  start: number;
  end: number;
}

export interface Word extends Span {
  /** What is written, quotes included. */
  text: string;
  /** What the program will see; undefined when only the shell can know (`$PORT`, `*.js`). */
  value: string | undefined;
}

export interface Assignment extends Span {
  name: string;
  value: string | undefined;
}

/** Words that take the place of a span; of nothing, when the span is empty. */
export interface Edit extends Span {
  words: readonly string[];
}

const ASSIGNMENT = /^([A-Za-z_]\w*)=(.*)$/s;

/** A word that is written like `NAME=value`, as `env` and `cross-env` take them. */
export function readAssignment(word: Word): Assignment | undefined {
  const [, name, value] = ASSIGNMENT.exec(word.value ?? word.text) ?? [];
  if (name === undefined) return undefined;
  return {
    source: word.source,
    start: word.start,
    end: word.end,
    name,
    value: word.value === undefined ? undefined : value,
  };
}

export function argvWords(source: ArgvSource): Word[] {
  return source.words.map((value, index) => ({ source, start: index, end: index + 1, text: value, value }));
}

export function isWritable(source: Source): boolean {
  return source.kind === 'argv' || source.writable;
}

export function editArgv(source: ArgvSource, edits: readonly Edit[]): string[] {
  const words = [...source.words];
  for (const edit of fromTheEnd(source, edits))
    words.splice(edit.start, edit.end - edit.start, ...edit.words);
  return words;
}

/** Words of an edit must need no quotes. Every byte outside the spans stays as it was. */
export function editScript(source: ScriptSource, edits: readonly Edit[]): string {
  let text = source.text;
  for (const edit of fromTheEnd(source, edits)) {
    const gap = edit.start === edit.end ? ' ' : '';
    text = `${text.slice(0, edit.start)}${gap}${edit.words.join(' ')}${text.slice(edit.end)}`;
  }
  return text;
}

/** From the end, so that no splice moves the spans still to come. */
function fromTheEnd(source: Source, edits: readonly Edit[]): Edit[] {
  return edits.filter((edit) => edit.source === source).toSorted((a, b) => b.start - a.start);
}
