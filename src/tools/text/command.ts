import type { Assignment, Place, Source, Span, Word } from './word.ts';

/** Where words can be added that reach the program as its last arguments. */
export interface Slot {
  source: Source;
  at: number;
  /** What must stand before them there: npm takes options for itself unless a `--` came first. */
  lead: readonly string[];
}

/** The first word of a shell's command: what is written before it is for this command only. */
export interface Head extends Span {
  text: string;
}

/** A program and its arguments. Words may come from several texts: a script, then what `npm run` appends to it. */
export interface Command {
  words: readonly Word[];
  /** Variables that are set for the program, outermost first: the last one of a name counts. */
  assignments: readonly Assignment[];
  /** The folder it runs in, relative to where argv runs; undefined when only the shell can know. */
  dir: string | undefined;
  /** undefined when no text that we can change leads to the program's arguments. */
  slot: Slot | undefined;
  /** Where variables can be set for it alone; missing when no text that we can change says so. */
  head?: Head;
  /** What lies between takes variables away. */
  strips?: Strips;
  /** Variables that make it let the others through. */
  opensBy?: Readonly<Record<string, string>>;
  /** Files of variables that what starts it loads, relative to where argv runs: variables that are set win over them. */
  envFiles?: readonly string[];
  /** The further run of Styxy that starts it. */
  run?: InnerRun;
  /** The port that its starter hands it, where the command itself names none. */
  handed?: { readonly port: number; readonly place: Place };
}

/** What a run inside the command says of its service. */
export interface InnerRun {
  readonly name?: string;
  readonly type?: string;
}

export interface Strips {
  /** Those that get through; `*` stands for anything. */
  passes: readonly string[];
  /** For people: how others would get through. */
  hint: string;
}

/** Whether a variable of ours does not reach the program. */
export function isStripped({ strips }: Pick<Command, 'strips'>, variable: string): boolean {
  return (
    strips !== undefined && !strips.passes.some((name) => name === variable || passesAll(name, variable))
  );
}

function passesAll(name: string, variable: string): boolean {
  return name.endsWith('*') && variable.startsWith(name.slice(0, -1));
}

/** `next` as seen from `dir`; undefined when one of them is unknown. */
export function joinDir(dir: string | undefined, next: string | undefined): string | undefined {
  if (dir === undefined || next === undefined) return undefined;
  if (/^([A-Za-z]:)?[\\/]/.test(next)) return next;
  const parts: string[] = [];
  for (const part of `${dir}/${next}`.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else parts.push(part);
  }
  const path = parts.join('/');
  return dir.startsWith('/') ? `/${path}` : path === '' ? '.' : path;
}

/** A file of a folder, both relative to where argv runs. */
export function fileIn(dir: string, name: string): string {
  return joinDir(dir, name) ?? name;
}

/** The last part of a path, without the endings that Windows gives to programs. */
export function baseName(path: string): string {
  return path.replace(/^.*[\\/]/s, '').replace(/\.(cmd|exe|bat|ps1)$/i, '');
}

/** `vite` of `./node_modules/.bin/vite`, `vite.cmd`, `vite@5`. A scoped package keeps its scope: @acme/vite is not vite. */
export function programName(path: string): string {
  if (path.startsWith('@')) return path.replace(/(?<=.)@[^/]*$/, '');
  const name = baseName(path).replace(/(?<=.)@.*$/, '');
  return /[\\/]node_modules[\\/]|^node_modules[\\/]/.test(path) ? name.replace(/\.[cm]?js$/, '') : name;
}

/** A name in the registry or a path to something local: to a package runner `someone/vite` is a repository on GitHub. */
export function isPackage(word: Word | undefined): boolean {
  return word?.value !== undefined && /^(@[^/]+\/)?[^/:]+$|^\.{0,2}\//.test(word.value);
}
