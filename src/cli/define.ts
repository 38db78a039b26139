import { type Command, Option } from 'commander';
import type { ExitStatus } from '../system/process/exit-status.ts';
import type { Context } from './context.ts';

/** The exit code, or how the child of `styxy run` ended. */
export type Result = number | ExitStatus;

/** What a command does, loaded only when it is the one that was asked for. */
// oxlint-disable-next-line typescript/no-explicit-any -- each command names the options it declared
export type Execute = (context: Context, options: any, args: string[]) => Promise<Result> | Result;

/** Adds a command with its words and its examples; the caller adds its options. */
export type Define = (
  parent: Command,
  signature: string,
  description: string,
  examples: string | readonly string[],
  load: () => { execute: Execute } | Promise<{ execute: Execute }>,
) => Command;

/** @param finish told how the command that ran has ended */
export function createDefine(context: Context, finish: (result: Result) => void): Define {
  return (parent, signature, description, examples, load) =>
    parent
      .command(signature)
      .description(description)
      .addHelpText('after', `\n${exampleHelp([examples].flat())}`)
      .action(async (...received: unknown[]) => {
        const self = received.at(-1) as Command;
        const { execute } = await load();
        finish(await execute(context, self.opts(), self.args));
      });
}

export function exampleHelp(examples: readonly string[]): string {
  const heading = examples.length > 1 ? 'Examples:' : 'Example:';
  return [heading, ...examples.map((example) => `  $ ${example}`)].join('\n');
}

export const jsonOption = (): Option => new Option('--json', 'print one JSON document');
