import { baseName } from '../tools/text/command.ts';
import type { ParseShell } from '../tools/text/shell-parser.ts';
import { isBypassed, isWrapper } from '../tools/wrapper.ts';
import type { LineCommand, LineWord, Setting } from './line/command.ts';
import { peel } from './line/peel.ts';
import { readLine } from './line/read.ts';

/** Tells whether a command, run as it stands, makes a process listen on a port of this machine. */
export type BindsPort = (command: LineCommand) => boolean;

export interface Wrapping {
  /** The line with the wrapper in it. */
  text: string;
  /** The commands that were wrapped, as they stood. */
  commands: readonly LineCommand[];
}

interface Insertion {
  at: number;
  command: LineCommand;
}

interface Search {
  parseShell: ParseShell;
  binds: BindsPort;
  setting: Setting;
}

/** Programs that run a text of theirs as a shell's: where it stands among their words. */
const TYPED_INTO_A_SHELL = /^(eval|tmux|screen|script)$/;

/** Deeper than this nobody writes. */
const DEEPEST = 3;

/**
 * Puts `wrapper` before each command that binds a port. Nothing else changes, byte for byte.
 * @param wrapper as it is to stand in the line: `styxy run -- `
 * @returns undefined when there is nothing to wrap
 */
export function wrapServers(
  text: string,
  commands: readonly LineCommand[],
  wrapper: string,
  search: Search,
): Wrapping | undefined {
  const found = insertions(commands, search, 0);
  const plain = /^[\w./ -]*$/.test(wrapper);
  const usable = found.filter(({ isQuoted }) => plain || !isQuoted).toSorted((a, b) => b.at - a.at);
  if (usable.length === 0) return undefined;
  const changed = usable.reduce((line, { at }) => line.slice(0, at) + wrapper + line.slice(at), text);
  return { text: changed, commands: usable.map(({ command }) => command).toReversed() };
}

function insertions(
  commands: readonly LineCommand[],
  search: Search,
  depth: number,
): (Insertion & { isQuoted: boolean })[] {
  return commands.flatMap((whole) => {
    const command = peel(whole);
    if (isBypassed(command) || isWrapper(command.words)) return [];
    const inner = depth < DEEPEST ? typedText(command) : undefined;
    if (inner !== undefined) return inQuotes(inner, command, search, depth);
    const isServer = search.binds(command);
    return isServer ? [{ at: command.words[0]!.start, command, isQuoted: false }] : [];
  });
}

/** The last word of `eval '...'`, `tmux new -d '...'`, `tmux send-keys '...' Enter`, or of `script -c`: what a shell will read. */
function typedText({ words }: LineCommand): LineWord | undefined {
  const name = baseName(words[0]?.value ?? '');
  if (!TYPED_INTO_A_SHELL.test(name)) return undefined;
  const given = words.findIndex(({ value }) => name === 'script' && /^(-\w*c|--command)$/.test(value ?? ''));
  const text = given < 0 ? undefined : words[given + 1];
  if (text) return isLiteral(text) ? text : undefined;
  const plain = words.slice(1).filter(({ value }) => value === undefined || !/^-|^(Enter|C-m)$/.test(value));
  const last = plain.at(-1);
  const isText = last?.value !== undefined && (name === 'eval' || /\s/.test(last.value));
  return isText && isLiteral(last) ? last : undefined;
}

/** What stands between its quotes is its value, so that offsets in the one are offsets in the other. */
function isLiteral({ text, value }: LineWord): boolean {
  return text === value || (/^'.*'$|^"[^\\$`]*"$/s.test(text) && text.slice(1, -1) === value);
}

function inQuotes(
  word: LineWord,
  outer: LineCommand,
  search: Search,
  depth: number,
): (Insertion & { isQuoted: boolean })[] {
  const text = word.value ?? '';
  const inner = readLine(text, search.parseShell, search.setting)?.commands ?? [];
  const offset = word.start + (word.text === word.value ? 0 : 1);
  const within = inner.map((command) => ({
    ...command,
    assignments: [...outer.assignments, ...command.assignments],
  }));
  return insertions(within, search, depth + 1).map((each) => ({
    ...each,
    at: each.at + offset,
    isQuoted: true,
  }));
}
