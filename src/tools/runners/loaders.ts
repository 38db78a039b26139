import type { Project } from '../project.ts';
import { type Command, fileIn } from '../text/command.ts';
import { envEntries } from '../text/env-text.ts';
import { splitOption, valuesOf } from '../text/options.ts';
import type { Assignment, Span, TextSource, Word } from '../text/word.ts';
import { fileCopy } from './copies.ts';

/** How a launcher reads a file of variables for the program that it starts. */
export interface Loader {
  /** Its options that name the file. */
  options: readonly string[];
  /** The one it reads where none is named. */
  files?: readonly string[];
  /** With this option it reads those of an environment as well. */
  cascade?: string;
  /** Its variables win over those that are set: always, or with one of these options. */
  wins?: true | readonly string[];
  /** With one of these they don't. */
  yields?: readonly string[];
  /** With one of these it reads another file. */
  notWith?: readonly string[];
}

interface Loaded {
  assignments?: readonly Assignment[];
  envFiles?: readonly string[];
}

interface Named {
  file: string;
  tell: Span & { words: readonly string[] };
}

/**
 * What the files of a launcher set. Variables that win are the command's own; of others only the number is known, which
 * holds where nothing else is set.
 * @param own its options
 * @param before the word before them
 */
export function loadedFiles(
  loader: Loader,
  own: readonly Word[],
  before: Word,
  { dir, envFiles = [] }: Command,
  project: Project,
): Loaded {
  const has = (names: readonly string[] = []): boolean =>
    own.some((word) => names.includes(splitOption(word).name));
  if (dir === undefined || has(loader.notWith)) return {};
  const files = filesOf(loader, own, before).map((each) => ({ ...each, file: fileIn(dir, each.file) }));
  const wins = !has(loader.yields) && (loader.wins === true || has(loader.wins));
  if (wins) return { assignments: files.flatMap((each) => assignmentsIn(each, project)) };
  return { envFiles: [...envFiles, ...files.map(({ file }) => file)] };
}

function filesOf({ options, files = [], cascade }: Loader, own: readonly Word[], before: Word): Named[] {
  const named = valuesOf(own, options).flatMap(({ name, value, word, attached }): Named[] =>
    value === undefined || word === undefined
      ? []
      : [{ file: value, tell: { ...spanOf(word), words: [attached ? `${name}={file}` : '{file}'] } }],
  );
  if (named.length > 0) return named;
  const { source, end } = before;
  const tell = { source, start: end, end, words: [options[0]!, '{file}'] };
  return files.flatMap((file) => cascaded(file, cascade, own)).map((file) => ({ file, tell }));
}

/** `.env.test.local`, `.env.local`, `.env.test`, `.env` */
function cascaded(file: string, option: string | undefined, own: readonly Word[]): string[] {
  const [given] = option === undefined ? [] : valuesOf(own, [option]);
  if (given === undefined) return [file];
  const value = given.value === undefined || given.value.startsWith('-') ? undefined : given.value;
  const environment = value === undefined ? [] : [`${file}.${value}`];
  return [...environment.map((each) => `${each}.local`), `${file}.local`, ...environment, file];
}

function assignmentsIn({ file, tell }: Named, project: Project): Assignment[] {
  const text = project.readFile(file);
  if (text === undefined) return [];
  const place = { file, line: 1 };
  const source: TextSource = fileCopy(place, text, tell, project) ?? { kind: 'file', text, place };
  return envEntries(text).map(({ name, value, start, end }) => {
    return { source, start, end, name, value, isLoaded: true };
  });
}

const spanOf = ({ source, start, end }: Span): Span => ({ source, start, end });
