import type { LineCommand, LineWord } from '../line/command.ts';

/** A program's words, sorted as getopt does it. */
export interface Arguments {
  /** Options without their values: `-9`, `--signal`. */
  options: readonly string[];
  /** The values of those options that take one. */
  valueOf: (...names: string[]) => string | undefined;
  /** The other words. */
  plain: readonly LineWord[];
}

/** @param takingValue options whose value is the next word, or what follows in the same one */
export function readArguments(words: readonly LineWord[], takingValue: readonly string[] = []): Arguments {
  const options: string[] = [];
  const values = new Map<string, string>();
  const plain: LineWord[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at]!;
    const text = word.value ?? word.text;
    if (text === '--') {
      plain.push(...words.slice(at + 1));
      break;
    }
    if (!/^-./.test(text)) {
      plain.push(word);
      continue;
    }
    const name = takingValue.find(
      (each) => text === each || text.startsWith(each.startsWith('--') ? `${each}=` : each),
    );
    options.push(name ?? text);
    if (name === undefined) continue;
    if (text === name) at += 1;
    const value = text === name ? words[at]?.value : text.slice(name.length).replace(/^=/, '');
    if (value !== undefined) values.set(name, value);
  }
  const valueOf = (...names: string[]) =>
    names.map((name) => values.get(name)).find((value) => value !== undefined);
  return { options, valueOf, plain };
}

/** `-k` of `-k`, `-km` and `-9k`. */
export function hasFlag({ options }: Arguments, letter: string, long: string): boolean {
  return options.some((option) => option === long || (/^-[^-]/.test(option) && option.includes(letter)));
}

/** Signals that end no process: it is only asked whether it lives, or told that its window has changed. */
const HARMLESS = /^(SIG)?(0|CONT|18|WINCH|28|CHLD|17|URG|23|USR2|12)$/i;

/** The signal, among a program's first options, ends what gets it. `-0` ends nothing. */
export function endsProcesses(words: readonly LineWord[]): boolean {
  const texts = words.map(({ value, text }) => value ?? text);
  const named = texts.flatMap((text, at) =>
    /^(-s|-n|--signal)$/.test(text) ? [texts[at + 1] ?? ''] : (/^--signal=(.*)$/.exec(text)?.[1] ?? []),
  );
  const short = texts.flatMap((text) => /^-([A-Z\d][A-Z\d+]*)$/.exec(text)?.[1] ?? []);
  return ![...named, ...short.slice(0, 1)].some((signal) => HARMLESS.test(signal));
}

export function valuesOf(words: readonly LineWord[]): string[] {
  return words.flatMap(({ values }) => values);
}

export function outputsOf(words: readonly LineWord[]): LineCommand[] {
  return words.flatMap(({ from }) => from);
}
