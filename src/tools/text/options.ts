import type { Word } from './word.ts';

/** The options a program takes before its first argument that is none. */
export interface Options {
  /** They stand alone. */
  flags?: readonly string[];
  /** They take the next word, or what follows their `=`. */
  values?: readonly string[];
  /** They take the next word unless that is an option. */
  optional?: readonly string[];
}

export interface OptionsRead {
  /** Index of the first word that is no option; of the `--`, if one stands there. */
  next: number;
  /** Those that took a value, in their order; undefined when only the shell knows the value. */
  given: readonly { name: string; value: string | undefined }[];
}

/** undefined when an option is not described: it might take the next word, and guessing is not allowed. */
export function readOptions(words: readonly Word[], from: number, options: Options): OptionsRead | undefined {
  const given: { name: string; value: string | undefined }[] = [];
  let next = from;
  for (;;) {
    const word = words[next];
    if (word === undefined || isTerminator(word) || !isOption(word)) return { next, given };
    const { name, attached } = splitOption(word);
    const following = words[next + 1];
    const isAlone = !attached && (following === undefined || isOption(following));
    if (options.values?.includes(name) || (options.optional?.includes(name) && !isAlone)) {
      given.push({ name, value: optionValue(words, next) });
      next += attached ? 1 : 2;
    } else if (options.optional?.includes(name)) {
      next += 1;
    } else if (options.flags?.includes(name) || isCluster(name, options)) {
      next += 1;
    } else {
      return undefined;
    }
  }
}

/** `-Api`: flags of one letter in one word. */
function isCluster(name: string, { flags }: Options): boolean {
  return (
    /^-[A-Za-z]{2,}$/.test(name) && name.match(/[A-Za-z]/g)!.every((letter) => flags?.includes(`-${letter}`))
  );
}

/** A lone `-` means stdin to most programs: an argument. */
export function isOption(word: Word): boolean {
  return /^["']?-./.test(word.value ?? word.text);
}

/** Options end at a lone `--`. */
export function isTerminator(word: Word | undefined): boolean {
  return word?.value === '--';
}

export function beforeTerminator(words: readonly Word[]): readonly Word[] {
  const terminator = words.findIndex(isTerminator);
  return terminator < 0 ? words : words.slice(0, terminator);
}

/** `attached`: the value follows in the same word, as in `--name=value` or `-n=value`. */
export function splitOption(word: Word): { name: string; attached: boolean } {
  const [name] = /^--?[^=]+(?==)/.exec(word.value ?? word.text) ?? [];
  return name === undefined ? { name: word.value ?? word.text, attached: false } : { name, attached: true };
}

/** The value of the option at `at`, in its own word or in the next. */
export function optionValue(words: readonly Word[], at: number): string | undefined {
  const word = words[at]!;
  const { name, attached } = splitOption(word);
  return attached ? word.value?.slice(name.length + 1) : words[at + 1]?.value;
}

/** The values of the options of these names, and the words in which they stand. */
export function valuesOf(
  words: readonly Word[],
  names: readonly string[],
): { name: string; value: string | undefined; word: Word | undefined; attached: boolean }[] {
  return words.flatMap((word, at) => {
    const { name, attached } = splitOption(word);
    const value = optionValue(words, at);
    return names.includes(name) ? [{ name, value, word: attached ? word : words[at + 1], attached }] : [];
  });
}
