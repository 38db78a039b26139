import type { ArgumentForm, FlagForm, PortForm, Tool } from '../adapters/tool.ts';
import { beforeTerminator, isOption, readOptions } from '../text/options.ts';
import type { Word } from '../text/word.ts';
import { valueOptions, type Match } from './match.ts';
import { numberIn, shellVariable } from './port-text.ts';

/** What a tool's arguments say about a port. */
export type PortWord =
  | { kind: 'none' }
  /** A number stands in `word`, which is to be written again with the new number between `prefix` and `suffix`. */
  | { kind: 'number'; word: Word; prefix: string; port: number; suffix: string }
  /** An option that may go without a number does: it is to be written again with one. */
  | { kind: 'bare'; word: Word; form: FlagForm }
  /** The shell takes it from a variable, which the fallback stands in for. */
  | { kind: 'named'; name: string; fallback: number | undefined; word: Word; prefix: string }
  /** Something stands there that is no number, or that only the shell knows. */
  | { kind: 'unclear' };

const NONE: PortWord = { kind: 'none' };
const UNCLEAR: PortWord = { kind: 'unclear' };

/** The port among a tool's arguments, by whichever of these forms it is given. */
export function findPortWord({ tool, args }: Match, forms: readonly PortForm[]): PortWord {
  for (const form of forms) {
    const found = 'flag' in form ? lastFlag(form, beforeTerminator(args)) : NONE;
    if (found.kind !== 'none') return found;
  }
  const argument = forms.find((form): form is ArgumentForm => 'argument' in form);
  return argument ? firstArgument(tool, argument, args) : NONE;
}

/** When a flag is given twice the last one counts, to every tool seen so far. */
function lastFlag(form: FlagForm, args: readonly Word[]): PortWord {
  let found = NONE;
  args.forEach((word, index) => {
    const text = (word.value ?? word.text).replace(/^["']/, '');
    for (const name of [form.flag, ...(form.also ?? [])]) {
      const reading = readFlag(form, name, text, word, args[index + 1]);
      if (reading) found = reading;
    }
  });
  return found;
}

function readFlag(
  form: FlagForm,
  name: string,
  text: string,
  word: Word,
  next: Word | undefined,
): PortWord | undefined {
  if (text === name) {
    if (form.joined === 'only') return { kind: 'bare', word, form };
    return keyFits(form, next) ? read(next, '', form.value) : undefined;
  }
  if (text.startsWith(`${name}=`)) return read(word, `${name}=`, form.value);
  const short = /^-[A-Za-z]$/.test(name) && text.startsWith(name);
  return short && /^["'$\d]/.test(text.slice(name.length)) ? read(word, name, form.value) : undefined;
}

/** `-E http.port=1` and `-E path.data=x` are the same option: only one of them is about a port. */
function keyFits({ value }: FlagForm, next: Word | undefined): boolean {
  const [, key] = /^([\w.]+=|-\w )\{port\}$/.exec(value ?? '') ?? [];
  return key === undefined || (next?.value ?? next?.text ?? '').includes(key.trim());
}

function firstArgument(tool: Tool, form: ArgumentForm, args: readonly Word[]): PortWord {
  if (form.at !== undefined) return laterArgument(tool, form, form.at, args);
  const flags = tool.flags ?? [];
  const options = readOptions(args, 0, { flags, values: valueOptions(tool) });
  if (options === undefined) return UNCLEAR;
  const word = args[options.next];
  if (word === undefined) return NONE;
  return isOption(word) ? UNCLEAR : read(word, '', form.address ? '127.0.0.1:{port}' : form.argument);
}

function laterArgument(tool: Tool, form: ArgumentForm, at: number, args: readonly Word[]): PortWord {
  const values = valueOptions(tool);
  const plain = args.filter(
    (word, index) => !isOption(word) && !values.includes(args[index - 1]?.value ?? ''),
  );
  const word = plain[at];
  return word ? read(word, '', form.argument) : NONE;
}

function read(word: Word | undefined, before: string, template: string | undefined): PortWord {
  const named = word?.value === undefined ? shellVariable(afterOption(word?.text ?? '', before)) : undefined;
  if (word && named) return { kind: 'named', ...named, word, prefix: before };
  const value = word && (word.value ?? anyAddress(word.text));
  const found = value === undefined ? undefined : numberIn(value.slice(before.length), template);
  if (word === undefined || found === undefined) return UNCLEAR;
  return { kind: 'number', word, prefix: `${before}${found.prefix}`, port: found.port, suffix: found.suffix };
}

/** `http://*:3000` is a pattern to the shell, and no file is called so. */
const anyAddress = (text: string): string | undefined =>
  /^[\w-]*=?\w+:\/\/\*:\d+$/.test(text) ? text : undefined;

/** `"--port=$PORT"` without the option, and without the quote that was before it. */
function afterOption(text: string, before: string): string {
  const plain = text.replace(/^["'](?=-)/, '');
  return plain.startsWith(before) ? plain.slice(before.length) : text;
}
