import { type Command, InvalidArgumentError, Option } from 'commander';
import { messageOf, StyxyError } from '../../base/styxy-error.ts';
import { scanRange, type ScanQuery } from '../../protocol/scan.ts';
import { jsonOption, type Define } from '../define.ts';

/** Commands that look at the machine. */
export function defineObserve(define: Define, program: Command): void {
  define(
    program,
    'scan',
    'every port with a lease or a listener, and who is behind it',
    'styxy scan --range 3000-3999',
    () => import('../commands/scan.ts'),
  )
    .addOption(new Option('--range <ports>', 'only these ports, like 3000-3999').argParser(rangeOption))
    .addOption(jsonOption());
}

function rangeOption(text: string): ScanQuery {
  const [, from, to = from] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  if (from === undefined) throw new InvalidArgumentError('Write it like 3000-3999.');
  try {
    return scanRange({ from: Number(from), to: Number(to) });
  } catch (error) {
    if (error instanceof StyxyError) throw new InvalidArgumentError(`${messageOf(error)}.`);
    throw error;
  }
}
