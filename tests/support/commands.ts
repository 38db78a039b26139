import type { Command } from 'commander';
import { createContext } from '../../src/cli/context.ts';
import { createProgram } from '../../src/cli/program.ts';

/** A command that does something, with all words of its name. */
export interface Leaf {
  readonly name: string;
  readonly json: boolean;
  /** Options that take a value, like `--type`. */
  readonly valueOptions: readonly string[];
}

/** All commands of `styxy`. */
export function leafCommands(): readonly Leaf[] {
  return [
    ...leavesOf(
      createProgram(createContext({}, '/'), () => undefined),
      [],
    ),
  ];
}

function* leavesOf(command: Command, words: readonly string[]): Generator<Leaf> {
  const { options } = command;
  if (command.commands.length === 0)
    yield {
      name: words.join(' '),
      json: options.some(({ long }) => long === '--json'),
      valueOptions: options.flatMap(({ long, required }) => (long && required ? [long] : [])),
    };
  for (const child of command.commands) yield* leavesOf(child, [...words, child.name()]);
}
