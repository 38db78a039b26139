import { type Command, isPackage, joinDir } from './command.ts';
import { throughLaunchers } from './launchers.ts';
import type { Call } from './managers/call.ts';
import { readManager } from './managers/read.ts';
import { commandsOf } from './script.ts';
import type { ParseShell } from './shell-parser.ts';
import type { ScriptSource } from './word.ts';

/**
 * Reads the `scripts` and the `name` of the package.json of a folder; undefined when there is none. Relative folders
 * are relative to the command's own. Injected, so that nothing here does I/O.
 */
export type ReadPackage = (dir: string) => { name?: string; scripts: Record<string, string> } | undefined;

/** A program that a command starts in the end. */
export interface Leaf {
  command: Command;
  /** The package script it was found in, and those that led there, outermost first. */
  scripts: readonly string[];
}

/** What it takes to see through package scripts. */
export interface ScriptReader {
  readPackage: ReadPackage;
  parseShell: ParseShell;
}

interface Search extends ScriptReader {
  /** What keeps a hostile package.json from growing into a search without end. */
  scriptsLeft: number;
}

const DEEPEST = 10;

/** Every program that a command starts, through launchers and package scripts, in the order in which it starts them. */
export function leavesOf(command: Command, reader: ScriptReader): Generator<Leaf, void> {
  return search(command, [], [], { ...reader, scriptsLeft: 100 });
}

/** The command is one of a package manager, so that a package script may be behind it. */
export function mayRunScript(command: Command): boolean {
  return readManager(throughLaunchers(command).words) !== undefined;
}

function* search(
  outer: Command,
  scripts: readonly string[],
  opened: readonly string[],
  state: Search,
): Generator<Leaf, void> {
  const command = throughLaunchers(outer);
  const call = readManager(command.words);
  const dir = call && joinDir(command.dir, call.dir);
  const source = call && findScript(call, dir, state);
  if (call !== undefined && source !== undefined) {
    const trail = [...scripts, source.name];
    const place = `${dir} ${source.name}`;
    const followed = opened.length < DEEPEST && !opened.includes(place);
    const inside = followed ? commandsIn(source, call, command, dir, state) : [];
    for (const inner of inside) yield* search(inner, trail, [...opened, place], state);
    if (inside.length === 0) yield { command, scripts: trail };
  } else if (call !== undefined && startsProgram(call)) {
    const words = call.program;
    yield* search({ ...command, words, dir, slot: slotThrough(command, call) }, scripts, opened, state);
  } else {
    yield { command, scripts };
  }
}

function startsProgram({ script, program }: Call): boolean {
  return script === undefined ? isPackage(program[0]) : program.length > 0;
}

function findScript(call: Call, dir: string | undefined, state: Search): ScriptSource | undefined {
  if (call.script === undefined || dir === undefined || state.scriptsLeft === 0) return undefined;
  const scripts = state.readPackage(dir)?.scripts;
  const own = scripts !== undefined && Object.hasOwn(scripts, call.script);
  const text: unknown = own ? scripts[call.script] : undefined;
  if (typeof text !== 'string') return undefined;
  state.scriptsLeft -= 1;
  return { kind: 'script', name: call.script, text, writable: call.writable };
}

/** The commands of a script as the package manager runs them: its extra words go to the last one. */
function commandsIn(
  source: ScriptSource,
  call: Call,
  outer: Command,
  dir: string | undefined,
  { parseShell }: ScriptReader,
): Command[] {
  return commandsOf(source, dir, parseShell).map(({ last, ...inner }) => ({
    ...inner,
    words: last ? [...inner.words, ...call.extra] : inner.words,
    assignments: [...outer.assignments, ...inner.assignments],
    slot: source.writable ? inner.slot : last ? slotThrough(outer, call) : undefined,
  }));
}

function slotThrough({ slot }: Command, call: Call): Command['slot'] {
  return slot && { ...slot, lead: [...slot.lead, ...call.lead] };
}
