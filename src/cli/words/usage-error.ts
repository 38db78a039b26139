import type { Command, CommanderError } from 'commander';
import { StyxyError } from '../../base/styxy-error.ts';

/** What commander says of words that it does not understand, as what, why and what to try. */
export function usageError(
  { message }: CommanderError,
  program: Command,
  argv: readonly string[],
): StyxyError {
  const [first = message, suggestion] = message.replace(/^error: /, '').split('\n');
  const asked = commandOf(program, argv);
  const help = `${asked} --help`;
  const meant = suggestion?.replace(/^\((.*)\)$/, '$1').toLowerCase();
  const invalid = /^option '(.*)' argument '(.*)' is invalid\. (.*)$/s.exec(first);
  if (invalid) {
    const [, option, value, allowed = ''] = invalid;
    return new StyxyError('USAGE', `${option} can't be "${value}"`, { why: plain(allowed), hint: help });
  }
  const [what = first, why] = first.split(/\. (?=Expected)/);
  if (!meant && what.startsWith('unknown command') && asked === 'styxy') {
    return new StyxyError('USAGE', what, {
      hint: `${help} lists them; a program is started with styxy run -- ${argv.join(' ')}`,
    });
  }
  return new StyxyError('USAGE', what, { why: why === undefined ? why : plain(why), hint: meant ?? help });
}

/** `styxy config` alone, or `styxy help` of what is no command. */
export function missingCommand(program: Command, argv: readonly string[]): StyxyError {
  const unknown = argv[0] === 'help' ? argv[1] : undefined;
  if (unknown !== undefined) {
    return new StyxyError('USAGE', `unknown command '${unknown}'`, { hint: 'styxy --help lists them' });
  }
  const asked = find(program, argv);
  const names = asked.commands.map((each) => each.name()).join(', ');
  const words = pathOf(asked);
  return new StyxyError('USAGE', `"${words}" needs a command`, {
    why: `it is one of ${names}`,
    hint: `${words} --help`,
  });
}

const commandOf = (program: Command, argv: readonly string[]): string => pathOf(find(program, argv));

/** The command that the words lead to. */
function find(program: Command, argv: readonly string[]): Command {
  let found = program;
  for (const word of argv) {
    const next = found.commands.find((each) => each.name() === word);
    if (!next) break;
    found = next;
  }
  return found;
}

function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}

/** Without the capital and the full stop of a sentence: it stands behind `why:`. */
const plain = (sentence: string): string =>
  sentence.replace(/^[A-Z](?=[a-z ])/, (letter) => letter.toLowerCase()).replace(/\.$/, '');
