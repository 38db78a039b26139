import type { FlagForm, Tool } from '../adapters/tool.ts';
import { beforeTerminator, isOption, splitOption } from '../text/options.ts';
import type { Word } from '../text/word.ts';
import type { Invocation } from './invocation.ts';

export interface Match {
  tool: Tool;
  /** For people: `next dev`. */
  label: string;
  /** What follows the program and its subcommand. */
  args: readonly Word[];
}

/** The row of the table for this program, and only if it is going to serve: `vite build` matches none. */
export function matchTool(tools: readonly Tool[], invocation: Invocation): Match | undefined {
  for (const tool of tools) {
    const match = tool.programs.includes(invocation.program) ? matchRow(tool, invocation) : undefined;
    if (match) return match;
  }
  return undefined;
}

const ASKS_ONLY = ['--help', '--version'];

function matchRow(tool: Tool, { label, args }: Invocation): Match | undefined {
  const own = beforeTerminator(args);
  if (has(own, ASKS_ONLY) || asksForHelp(own) || has(own, tool.notWith ?? [])) return undefined;
  if (tool.onlyWith && !has(own, tool.onlyWith)) return undefined;
  const plain = plainArguments(own, tool);
  if (tool.ends && plain.some((index) => tool.ends?.includes(own[index]?.value ?? ''))) return undefined;
  if (tool.commands === undefined) return { tool, label, args };
  for (const command of tool.commands) {
    const at = command === '' ? undefined : findCommand(command, plain, own, tool.anywhere === true);
    if (at)
      return { tool, label: `${label} ${command}`, args: args.filter((_, index) => !at.includes(index)) };
  }
  const bare = tool.commands.includes('') && startsBare(tool, own[plain[0] ?? -1]);
  return bare ? { tool, label, args } : undefined;
}

/** A lone `-h`: with a value it may be the host. */
function asksForHelp(args: readonly Word[]): boolean {
  return args.some(
    (word, at) => word.value === '-h' && (args[at + 1] === undefined || isOption(args[at + 1]!)),
  );
}

/** The indexes of the words of a subcommand; undefined when it is another one. */
function findCommand(
  command: string,
  plain: readonly number[],
  words: readonly Word[],
  anywhere: boolean,
): number[] | undefined {
  if (anywhere) {
    // Gradle names the project too: `:app:bootRun`.
    const at = plain.find((index) => isCommand(words[index]?.value, command));
    return at === undefined ? undefined : [at];
  }
  const parts = command.split(' ');
  const found = plain.slice(0, parts.length);
  return parts.every((part, index) => words[found[index] ?? -1]?.value === part) ? found : undefined;
}

function isCommand(value: string | undefined, command: string): boolean {
  return value === command || value?.endsWith(`:${command}`) === true;
}

/** Without a subcommand: nothing follows, or something that is none. */
function startsBare({ otherCommands }: Tool, first: Word | undefined): boolean {
  if (first === undefined) return true;
  if (first.value === undefined) return false;
  if (/^\.+$/.test(first.value) || first.value.includes('/')) return true;
  return otherCommands !== undefined && !otherCommands.includes(first.value);
}

/** Indexes of the words that are neither options nor their values. */
function plainArguments(args: readonly Word[], tool: Tool): number[] {
  const values = valueOptions(tool);
  return args.flatMap((word, index) =>
    isOption(word) || values.includes(args[index - 1]?.value ?? '') ? [] : [index],
  );
}

/** The tool's options that take the next word. */
export function valueOptions(tool: Tool): string[] {
  const forms = [...tool.port, ...(tool.target ?? []), ...(tool.otherPorts ?? []).map(({ set }) => set)];
  const flags = forms.filter((form): form is FlagForm => form !== undefined && 'flag' in form);
  const host = tool.host?.split(/[ =]/, 1) ?? [];
  return [
    ...(tool.values ?? []),
    ...host,
    ...flags.filter(({ joined }) => joined !== 'only').flatMap(({ flag, also = [] }) => [flag, ...also]),
  ];
}

/** One of these options is given, with or without a value. */
function has(args: readonly Word[], names: readonly string[]): boolean {
  return args.some((word) => {
    const name = word.value === undefined ? undefined : splitOption(word).name;
    return name !== undefined && names.some((each) => each === name || isAttached(name, each));
  });
}

/** `-Slocalhost:8000`: a value right behind an option of one letter. */
function isAttached(written: string, option: string): boolean {
  return /^-[A-Z]$/.test(option) && written.startsWith(option);
}
