import type { Adapter, Match, PortForm } from './adapter.ts';
import { beforeTerminator, isOption, readOptions } from './options.ts';
import type { Word } from './word.ts';

/** What a tool's arguments say about its port. */
export type PortWord =
  | { kind: 'none' }
  /** A number stands in `word`, which is to be written again as `prefix` and the new number. */
  | { kind: 'number'; word: Word; prefix: string; port: number }
  /** Something stands there that is no number, or that only the shell knows. */
  | { kind: 'unclear' };

const NONE: PortWord = { kind: 'none' };
const UNCLEAR: PortWord = { kind: 'unclear' };

export function findPortWord({ adapter, args }: Match): PortWord {
  if (adapter.port.kind === 'flag') return lastFlag(adapter.port, beforeTerminator(args));
  return adapter.port.kind === 'positional' ? firstPositional(adapter, args) : NONE;
}

/** The number of a port, 0 (any free port) included. */
export function portNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : undefined;
}

/** 0 asks for any free port: no wish. */
export function fixedPort(port: number | undefined): number | undefined {
  return port === 0 ? undefined : port;
}

/** When a flag is given twice the last one counts, to every tool seen so far. */
function lastFlag(form: PortForm & { kind: 'flag' }, args: readonly Word[]): PortWord {
  let found = NONE;
  args.forEach((word, index) => {
    const text = (word.value ?? word.text).replace(/^["']/, '');
    for (const name of form.names) {
      const long = name.startsWith('--');
      const prefix = long ? `${name}=` : name;
      if (text === name) found = numberIn(args[index + 1], '');
      else if (text.startsWith(prefix) && (long || /^["'$\d]/.test(text.slice(name.length)))) {
        found = numberIn(word, prefix);
      }
    }
  });
  return found;
}

function firstPositional({ flags = [], values = [] }: Adapter, args: readonly Word[]): PortWord {
  const read = readOptions(args, 0, { flags, values });
  if (read === undefined) return UNCLEAR;
  const word = args[read.next];
  if (word === undefined) return NONE;
  return isOption(word) ? UNCLEAR : numberIn(word, '');
}

function numberIn(word: Word | undefined, prefix: string): PortWord {
  const port = portNumber(word?.value?.slice(prefix.length));
  return word === undefined || port === undefined ? UNCLEAR : { kind: 'number', word, prefix, port };
}
