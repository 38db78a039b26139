import { type Command, CommanderError, InvalidArgumentError, type Option } from 'commander';
import { nearestName } from '../../base/nearest-name.ts';
import { StyxyError } from '../../base/styxy-error.ts';

/**
 * Has a program and all of its commands throw what they don't understand as a StyxyError USAGE: what, why and what to
 * try. It is told by commander's error codes and what the command knows then, never by the English of its messages.
 */
export function throwUsageErrors(program: Command, argv: readonly string[]): void {
  const silent = { outputError: () => undefined, writeErr: () => undefined };
  for (const command of withChildren(program)) {
    command.configureOutput(silent).exitOverride((error) => {
      throw error.exitCode === 0 ? error : usageError(error, command, argv);
    });
    for (const option of command.options) nameInComplaints(option, command);
  }
}

/** It has printed what was asked for (`--help`, `--version`). */
export const hasPrintedHelp = (thrown: unknown): boolean =>
  thrown instanceof CommanderError && thrown.exitCode === 0;

function withChildren(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withChildren)];
}

/** The reader of a value says only what it should be; which option it was is known here. */
function nameInComplaints(option: Option, command: Command): void {
  const read = option.parseArg;
  if (!read) return;
  option.parseArg = (value, previous) => {
    try {
      return read(value, previous);
    } catch (error) {
      if (!(error instanceof InvalidArgumentError)) throw error;
      const why = option.argChoices ? `it is one of ${option.argChoices.join(', ')}` : error.message;
      throw refusal(command, `${option.flags} can't be "${value}"`, { why });
    }
  };
}

function usageError(
  { code, message }: CommanderError,
  command: Command,
  argv: readonly string[],
): StyxyError {
  const { args, registeredArguments: expected } = command;
  switch (code) {
    case 'commander.unknownOption': {
      // What was read as an argument comes first, and does not begin with a dash.
      const flag = args.find((word) => word.startsWith('-')) ?? '';
      return refusal(command, `unknown option '${flag}'`, didYouMean(flag, flagsOf(command)));
    }
    case 'commander.unknownCommand':
      return unknownCommand(command, args[0] ?? '', argv);
    case 'commander.missingArgument': {
      const name = expected.find(({ required }, index) => required && args[index] === undefined)?.name();
      return refusal(command, `missing required argument '${name}'`);
    }
    case 'commander.excessArguments':
      return refusal(command, `too many arguments for '${command.name()}'`, {
        why: `expected ${count(expected.length, 'argument')} but got ${args.length}`,
      });
    case 'commander.optionMissingArgument': {
      const word = argv.at(-1) ?? '';
      const flags = command.options.find(({ short, long }) => word === short || word === long)?.flags ?? word;
      return refusal(command, `option '${flags}' needs a value`);
    }
    case 'commander.help':
      return missingCommand(command, argv);
    default:
      return refusal(command, message.replace(/^error: /, ''));
  }
}

interface Advice {
  why?: string;
  hint?: string;
}

const refusal = (command: Command, what: string, advice: Advice = {}): StyxyError =>
  new StyxyError('USAGE', what, { hint: `${pathOf(command)} --help`, ...advice });

/** What other tools call it. */
const WORDS_ELSEWHERE: Readonly<Record<string, string>> = {
  kill: 'stop',
  end: 'stop',
  exec: 'run --',
  free: 'release',
  start: 'run',
  show: 'list',
  ports: 'list',
  who: 'whose',
  which: 'whose',
  log: 'logs',
  port: 'url',
};

/** The name of a program is easily taken for a command of ours: `styxy npm run dev`. */
function unknownCommand(command: Command, name: string, argv: readonly string[]): StyxyError {
  const what = `unknown command '${name}'`;
  const ours = command.parent || !Object.hasOwn(WORDS_ELSEWHERE, name) ? undefined : WORDS_ELSEWHERE[name];
  if (ours !== undefined) {
    const rest = argv.slice(argv.indexOf(name) + 1);
    return refusal(command, what, { hint: `did you mean ${[pathOf(command), ours, ...rest].join(' ')}?` });
  }
  const meant = didYouMean(
    name,
    command.commands.map((each) => each.name()),
  );
  if (meant.hint !== undefined || command.parent) return refusal(command, what, meant);
  return refusal(command, what, {
    hint: `${pathOf(command)} --help lists them; a program is started with styxy run -- ${argv.join(' ')}`,
  });
}

/** `styxy config` alone, or `styxy help` of what is no command. */
function missingCommand(command: Command, argv: readonly string[]): StyxyError {
  const unknown = argv[0] === 'help' ? argv[1] : undefined;
  if (unknown !== undefined)
    return refusal(command, `unknown command '${unknown}'`, { hint: 'styxy --help lists them' });
  const names = command.commands.map((each) => each.name()).join(', ');
  return refusal(command, `"${pathOf(command)}" needs a command`, { why: `it is one of ${names}` });
}

function didYouMean(word: string, known: readonly string[]): Advice {
  const plain = word.replace(/=.*/s, '');
  // Another command knows it.
  const others = known.filter((each) => each !== plain);
  const near = others.length === known.length ? nearestName(plain, known) : undefined;
  return near === undefined ? {} : { hint: `did you mean ${near}?` };
}

/** Of the command and those around it. */
function flagsOf(command: Command): string[] {
  const own = command.options.flatMap(({ long, hidden }) => (long && !hidden ? [long] : []));
  return [...own, '--help', ...(command.parent ? flagsOf(command.parent) : [])];
}

function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;
