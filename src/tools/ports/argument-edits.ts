import type { PortForm } from '../adapters/tool.ts';
import type { Match } from '../match/match.ts';
import type { PortWord } from '../match/port-words.ts';
import { withPort } from '../match/port-text.ts';
import type { Command, Slot } from '../text/command.ts';
import type { Edit } from '../text/edit.ts';
import { beforeTerminator, splitOption } from '../text/options.ts';
import { isWritable, type Source } from '../text/word.ts';
import type { Way } from './way.ts';

/** The number is replaced where it stands. */
export function replacement(
  match: Match,
  command: Command,
  found: PortWord & { kind: 'number' | 'bare' },
): Way | string {
  const { source, start, end, text } = found.word;
  if (!isWritable(source)) return `has ${text} where no number can be added`;
  const strict = insertion(slotOf(command, source), missingStrictFlag(match));
  const word = (port: number) =>
    found.kind === 'bare'
      ? `${text}=${withPort(found.form.value, port)}`
      : `${found.prefix}${port}${found.suffix}`;
  return {
    how: manner(match, found),
    edits: (port) => [{ source, start, end, words: [word(port)] }, ...strict],
  };
}

/** An argument is added behind the program's own. */
export function addition(
  match: Match,
  command: Command,
  form: Exclude<PortForm, { variable: string }>,
  hasVariable: boolean,
): Way | string {
  const slot =
    'flag' in form && form.before ? slotBefore(match, command) : slotOf(command, command.slot?.source);
  if (slot === undefined) return hasVariable ? 'is left as it is' : 'can be reached by PORT only, from here';
  const strict = missingStrictFlag(match);
  return {
    how: 'flag' in form ? `takes its port from ${form.flag}` : 'takes its port as an argument',
    edits: (port) => insertion(slot, [...wordsOf(form, port), ...companionOf(match, form, port), ...strict]),
  };
}

function wordsOf(form: Exclude<PortForm, { variable: string }>, port: number): string[] {
  if ('argument' in form) return [withPort(form.argument, port)];
  const value = withPort(form.value, port);
  return form.joined ? [`${form.flag}=${value}`] : [form.flag, value];
}

function companionOf({ args }: Match, form: PortForm, port: number): string[] {
  if (!('flag' in form) || form.companion === undefined) return [];
  const isGiven = args.some((word) => splitOption(word).name === form.companion);
  return isGiven ? [] : [form.companion, withPort(form.value, port)];
}

function manner({ tool }: Match, found: PortWord): string {
  const forms = tool.port.filter((form) => !('variable' in form));
  if (forms.some((form) => 'argument' in form)) return 'takes its port as an argument';
  const text = found.kind === 'bare' || found.kind === 'number' ? found.word.text : '';
  const flags = forms.flatMap((form) => ('flag' in form ? [form.flag, ...(form.also ?? [])] : []));
  return `takes its port from ${flags.find((flag) => text.startsWith(flag)) ?? flags[0]}`;
}

function missingStrictFlag({ tool, args }: Match): string[] {
  const names = tool.strict ?? [];
  const present = beforeTerminator(args).some((word) => names.includes(splitOption(word).name));
  return present ? [] : names.slice(0, 1);
}

/** Behind the program and its subcommand. */
function slotBefore({ args: [first] }: Match, command: Command): Slot | undefined {
  if (first === undefined) return slotOf(command, command.slot?.source);
  const last = command.words[command.words.indexOf(first) - 1];
  return last && isWritable(last.source) ? { source: last.source, at: last.end, lead: [] } : undefined;
}

/** Where words of `source` can follow the program's other arguments, and before a `--` that ends its options. */
export function slotOf({ words, slot }: Command, source: Source | undefined): Slot | undefined {
  const options = beforeTerminator(words);
  if (slot?.source === source && slot?.lead.length) return slot;
  const last = options.findLast((word) => word.source === source);
  if (last !== undefined && isWritable(last.source)) return { source: last.source, at: last.end, lead: [] };
  return options.length === words.length && slot && isWritable(slot.source) ? slot : undefined;
}

function insertion(slot: Slot | undefined, words: readonly string[]): Edit[] {
  if (slot === undefined || words.length === 0) return [];
  return [{ source: slot.source, start: slot.at, end: slot.at, words: [...slot.lead, ...words] }];
}
