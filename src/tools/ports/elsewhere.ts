import type { Step } from '../runners/start.ts';
import type { Exchanged } from '../text/edit.ts';
import { type ArgvSource, type CopySource, isWritable, type Place, type ScriptSource } from '../text/word.ts';

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
  /\b(?:kill-port|wait-port|fkill|fkill-cli|kill-my-port|detect-port|wait-for-port)\s+(?:--?\w+\s+)*(?:\d{2,5}\s+)*:?$/;
/** Behind each script it takes an address, of which the number is enough. */
const TEST_RUNNER =
  /\b(?:start-server-and-test|start-test|server-test)\s+(?:(?:"[^"\n]*"|'[^'\n]*'|[^\s"'&|;]+)\s+)+["']?$/;
/** Programs of the system that find who listens there, often to end it. */
const SYSTEM_TOOL =
  /\b(?:lsof\s[^|;&\n]*-\w*i\s*(?:tcp|udp)?:|fuser\s+(?:-\S+\s+|tcp\s+)*|nc\s+(?:-\S+\s+)*(?:localhost|127\.0\.0\.1)\s+)$/;

/** Numbers of servers, and what they become. */
export type Moves = ReadonlyMap<number, number>;

/** The places of a text where such a number means a port of this machine. The rest stays, byte for byte. */
export function movedIn(text: string, moves: Moves): Exchanged[] {
  return [...moves].flatMap(([number, port]) =>
    number === port
      ? []
      : placesOf(number, text).map((start) => ({
          start,
          end: start + String(number).length,
          to: String(port),
        })),
  );
}

/** Everything that `movedIn` would find of one number, and whether the texts can be changed. */
export function elsewhere(number: number, { argv, scripts, copies, trail }: ReadTexts): Elsewhere[] {
  const texts: { text: string; place: Place | undefined; follows: boolean }[] = [
    ...scripts.map(({ text, place, writable: follows }) => ({ text, place, follows })),
    ...copies.flatMap((copy) => linesOf(copy)),
    ...argv.words.map((text) => ({ text, place: undefined, follows: true })),
  ];
  return texts.flatMap(({ text, place, follows }) =>
    placesOf(number, text).map((at) => ({
      text: `${/[^\s"']*$/.exec(text.slice(0, at))?.[0] ?? ''}${number}`,
      place: place ?? trail.at(-1)?.place,
      follows,
    })),
  );
}

function linesOf(copy: CopySource): { text: string; place: Place; follows: boolean }[] {
  return copy.text.split('\n').map((text, at) => ({
    text,
    place: { file: copy.place.file, line: at + 1 },
    follows: isWritable(copy),
  }));
}

interface ReadTexts {
  argv: ArgvSource;
  scripts: readonly ScriptSource[];
  copies: readonly CopySource[];
  trail: readonly Step[];
}

function placesOf(number: number, text: string): number[] {
  const all = text.matchAll(new RegExp(`(?<![\\d.])${number}(?![\\d.]*\\d)`, 'g'));
  return [...all]
    .filter(({ index, 0: digits }) => meansPort(text.slice(0, index), text.slice(index + digits.length)))
    .map(({ index }) => index);
}

function meansPort(before: string, after: string): boolean {
  // `3001:3001` of a container: the second is another machine's.
  if (/\d:$/.test(before) && !/\d\.\d+\.\d+\.\d+:$/.test(before)) return false;
  if (/^:\d/.test(after)) return false;
  return [ADDRESS, VARIABLE, TOOL, TEST_RUNNER, SYSTEM_TOOL].some((each) => each.test(before));
}
