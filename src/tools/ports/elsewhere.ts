import type { Program } from '../program.ts';
import { type ArgvSource, type Place, rootOf, type Source } from '../text/word.ts';

/** The number of the program's port in another place of a text that runs. */
export interface Elsewhere {
  /** As it is written: `http://localhost:3001`. */
  text: string;
  place: Place | undefined;
  /** It becomes the new number too. */
  follows: boolean;
}

/** Where a number certainly means a port of this machine. */
const ADDRESS =
  /(?:\b(?:localhost|127\.0\.0\.1|0\.0\.0\.0)|\[::1?\]|\.localhost|\btcp|\bhttp-get|(?<=^|[\s"'=])):(?:\/\/[^\s:/"']*:)?$/;
const VARIABLE = /(?:^|[\s"'])(?:[A-Z0-9]+_)*PORT=["']?$/;
const TOOL =
  /\b(?:kill-port|wait-port|fkill|kill-my-port|detect-port|wait-for-port)\s+(?:--?\w+\s+)*(?:\d{2,5}\s+)*:?$/;

/** The text with the port's number exchanged wherever it means that port; the rest, byte for byte. */
export function replaceElsewhere(text: string, number: number | undefined, port: number): string {
  if (number === undefined || number === port) return text;
  return text.replaceAll(numberPattern(number), (digits, at: number) =>
    meansPort(text.slice(0, at), text.slice(at + digits.length)) ? String(port) : digits,
  );
}

/** Everything that `replaceElsewhere` would find, and whether the texts can be changed. */
export function elsewhere(number: number, { command, trail }: Program, argv: ArgvSource): Elsewhere[] {
  const roots = new Set(command.words.map(({ source }) => rootOf(source)));
  const own = [...roots].filter((root) => root.kind === 'script');
  const texts: { text: string; source: Source; place: Place | undefined }[] = [
    ...own.map((root) => ({ text: root.text, source: root, place: root.place })),
    ...argv.words.map((text) => ({ text, source: argv, place: undefined })),
  ];
  return texts.flatMap(({ text, source, place }) =>
    occurrences(text, number).map((each) => ({
      text: each,
      place: place ?? trail.at(-1)?.place,
      follows: source.kind === 'argv' || (source.kind === 'script' && source.writable),
    })),
  );
}

function occurrences(text: string, number: number): string[] {
  return [...text.matchAll(numberPattern(number))]
    .filter(({ index, 0: digits }) => meansPort(text.slice(0, index), text.slice(index + digits.length)))
    .map(({ index, 0: digits }) => `${/[^\s"']*$/.exec(text.slice(0, index))?.[0] ?? ''}${digits}`);
}

function numberPattern(number: number): RegExp {
  return new RegExp(`(?<![\\d.])${number}(?![\\d.]*\\d)`, 'g');
}

function meansPort(before: string, after: string): boolean {
  // `3001:3001` of a container: the second is another machine's.
  if (/\d:$/.test(before) && !/\d\.\d+\.\d+\.\d+:$/.test(before)) return false;
  if (/^:\d/.test(after)) return false;
  return ADDRESS.test(before) || VARIABLE.test(before) || TOOL.test(before);
}
