/** The text that words stand in, and that an edit is spliced into. Two words share a text only if it is the same object. */
export type Source = ArgvSource | TextSource;
export type TextSource = ScriptSource | QuotedSource | FileSource | CopySource;

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
  place?: Place;
}

/** A command line inside a word of another text: `concurrently "vite"`, `bash -c 'vite'`. */
export interface QuotedSource {
  kind: 'quoted';
  text: string;
  outer: Word;
}

/** A command line that a file of the project holds, and that only its owner changes: a Makefile, a Procfile, a shell script. */
export interface FileSource {
  kind: 'file';
  text: string;
  place: Place | undefined;
}

/** A file of the project that its reader takes a changed copy of, if it is told so. */
export interface CopySource {
  kind: 'copy';
  text: string;
  place: Place;
  /** Of the copy. */
  path: string;
  /** The words that tell the reader, and where they go. */
  tell: Span & { words: readonly string[] };
}

/** Where a text begins; the file is relative to the folder of the command that was asked about. */
export interface Place {
  file: string;
  line: number | undefined;
}

/** `start` and `end` are indexes into `words` for argv, and offsets into `text` for the others. */
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
  /** Of a file that is loaded for whatever program is started. */
  isLoaded?: true;
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

/** A word that is written nowhere, as the `node` that nodemon runs a file with. */
export function impliedWord(value: string): Word {
  const source: FileSource = { kind: 'file', text: value, place: undefined };
  return { source, start: 0, end: value.length, text: value, value };
}

/** A text that is one plain word of another one; undefined when the outer shell makes a part of it. */
export function quotedSource(word: Word): QuotedSource | undefined {
  const text = word.value ?? insideQuotes(word.text);
  return text === undefined ? undefined : { kind: 'quoted', text, outer: word };
}

/** "npm run $X" without its quotes: what the outer shell puts in for $X, the inner one reads as it would read $X. */
export function insideQuotes(text: string): string | undefined {
  return /^"[^"\\`]*"$/.test(text) && !text.includes('$(') ? text.slice(1, -1) : undefined;
}

export function isWritable(source: Source): boolean {
  if (source.kind === 'quoted') return isWritable(source.outer.source);
  if (source.kind === 'copy') return isWritable(source.tell.source);
  return source.kind === 'argv' || (source.kind === 'script' && source.writable);
}

/** The script, file or argv that has to change for this text to change. */
export function rootOf(source: Source): ArgvSource | ScriptSource | FileSource | CopySource {
  return source.kind === 'quoted' ? rootOf(source.outer.source) : source;
}

/** Where a word stands, as far as it stands in a file. */
export function placeOf({ source, start }: Span): Place | undefined {
  if (source.kind === 'argv') return undefined;
  if (source.kind === 'quoted') return placeOf(source.outer);
  const { place, text } = source;
  if (place?.line === undefined || source.kind === 'script') return place;
  return { file: place.file, line: place.line + (text.slice(0, start).match(/\n/g)?.length ?? 0) };
}
