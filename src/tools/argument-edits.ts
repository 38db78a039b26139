import type { Adapter, Match } from './adapter.ts';
import type { Command, Slot } from './command.ts';
import { beforeTerminator } from './options.ts';
import { findPortWord } from './port-words.ts';
import { type Assignment, type Edit, isWritable, type Source } from './word.ts';

/** How a tool's arguments are made to say its port, or why they are left alone. */
export interface ArgumentEdits {
  /** The number they say now. */
  port?: number;
  reached: boolean;
  how: string;
  /** The text that the edits change; undefined when there are none. */
  source: Source | undefined;
  edits: (port: number) => readonly Edit[];
}

/** A number is replaced where it stands; only when there is none, one is added. */
export function argumentEdits(match: Match, command: Command, set: readonly Assignment[]): ArgumentEdits {
  const { adapter } = match;
  const found = findPortWord(match);
  if (found.kind === 'unclear') return leftAlone('is given its port by words that are left as they are');
  if (found.kind === 'number') {
    const { word, prefix, port } = found;
    const { source, start, end } = word;
    if (!isWritable(source)) return { ...leftAlone(`has the port ${port} where it can't be replaced`), port };
    const strict = insertion(slotOf(command, source), missingStrictFlag(match));
    const edits = (next: number) => [{ source, start, end, words: [`${prefix}${next}`] }, ...strict];
    return { port, reached: true, how: manner(adapter), source, edits };
  }
  if (adapter.port.kind === 'variable') {
    return { reached: true, how: manner(adapter), source: undefined, edits: () => [] };
  }
  const own = set.find(({ name, value }) => value === undefined && adapter.reads?.includes(name) === true);
  if (own !== undefined)
    return leftAlone(`reads ${own.name}, which its command sets and which is left as it is`);
  const slot = slotOf(command, command.slot?.source);
  if (slot === undefined) return leftAlone('can be reached by PORT only, from here');
  const flag = adapter.port.kind === 'flag' ? adapter.port.names.slice(0, 1) : [];
  const edits = (port: number) => insertion(slot, [...flag, String(port), ...missingStrictFlag(match)]);
  return { reached: true, how: manner(adapter), source: slot.source, edits };
}

function leftAlone(how: string): ArgumentEdits {
  return { reached: false, how, source: undefined, edits: () => [] };
}

function manner({ port }: Adapter): string {
  if (port.kind === 'positional') return 'takes its port as an argument';
  return `takes its port from ${port.kind === 'flag' ? port.names[0] : port.name}`;
}

function missingStrictFlag({ adapter, args }: Match): string[] {
  const names = adapter.strict ?? [];
  const present = beforeTerminator(args).some((word) =>
    names.includes(word.value?.replace(/=.*$/s, '') ?? ''),
  );
  return present ? [] : names.slice(0, 1);
}

/** Where words of `source` can follow the program's other arguments, and before a `--` that ends its options. */
function slotOf({ words, slot }: Command, source: Source | undefined): Slot | undefined {
  const options = beforeTerminator(words);
  if (slot?.source === source && slot?.lead.length) return slot;
  const last = options.findLast((word) => word.source === source);
  if (last !== undefined && isWritable(last.source)) return { source: last.source, at: last.end, lead: [] };
  return options.length === words.length ? slot : undefined;
}

function insertion(slot: Slot | undefined, words: readonly string[]): Edit[] {
  if (slot === undefined || words.length === 0) return [];
  return [{ source: slot.source, start: slot.at, end: slot.at, words: [...slot.lead, ...words] }];
}
