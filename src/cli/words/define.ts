import { type Command, Option } from 'commander';
import { StyxyError } from '../../base/styxy-error.ts';
import type { ExitStatus } from '../../system/process/exit-status.ts';
import type { Context } from '../context.ts';

/** The exit code, or how the child of `styxy run` ended. */
export type Result = number | ExitStatus;

/** What a command does, loaded only when it is the one that was asked for. */
export type Execute = (
  context: Context,
  // oxlint-disable-next-line typescript/no-explicit-any -- each command names the options it declared
  options: any,
  args: string[],
  self: Command,
) => Promise<Result> | Result;

/** Adds a command with its words and its examples; the caller adds its options. */
export type Define = (
  parent: Command,
  signature: string,
  description: string,
  examples: string | readonly string[],
  load: () => { execute: Execute } | Promise<{ execute: Execute }>,
  /** It works, and no list of commands shows it. */
  options?: { readonly hidden?: boolean },
) => Command;

/** @param finish told how the command that ran has ended */
export function createDefine(context: Context, finish: (result: Result) => void): Define {
  return (parent, signature, description, examples, load, options) =>
    parent
      .command(signature, options)
      .description(description)
      .addHelpText('after', `\n${exampleHelp([examples].flat())}`)
      .action(async (...received: unknown[]) => {
        const self = received.at(-1) as Command;
        if (self.name() !== 'run' && self.args.includes('')) throw emptyArgument();
        const { execute } = await load();
        finish(await execute(context, self.optsWithGlobals(), self.args, self));
      });
}

/** `styxy release "$LEASE"` where no LEASE is set. */
function emptyArgument(): StyxyError {
  return new StyxyError('USAGE', 'an argument is empty', {
    why: 'perhaps a variable in it is not set',
    hint: 'leave it out, or say what is meant',
  });
}

export function exampleHelp(examples: readonly string[]): string {
  const heading = examples.length > 1 ? 'Examples:' : 'Example:';
  return [heading, ...examples.map((example) => `  $ ${example}`)].join('\n');
}

export const jsonOption = (): Option => new Option('--json', 'print one JSON document');
