import { type Command, InvalidArgumentError, Option } from 'commander';
import { messageOf, StyxyError } from '../../base/styxy-error.ts';
import { scanRange } from '../../protocol/scan-range.ts';
import type { ScanQuery } from '../../protocol/requests/queries.ts';
import { jsonOption, type Define } from '../words/define.ts';
import { suggestionsOption } from '../words/options.ts';

/** Commands that ask about ports. */
export function defineInspect(define: Define, program: Command): void {
  program.commandsGroup('See who has which port:');
  define(
    program,
    'list',
    'all leases, and what really listens',
    'styxy list --type dev',
    () => import('./list.ts'),
  )
    .aliases(['ls', 'ps'])
    .option('--type <type>', 'only this service type')
    .option('--project <dir>', 'only this worktree')
    .option(
      '--external',
      'also listeners that no lease explains, on managed ports and on those of known tools',
    )
    .option('--remembered', 'the services that do not run, and the ports that are kept for them')
    .option('--watch', 'keep it up to date until Ctrl-C; without a terminal, print it again at each change')
    .addOption(jsonOption());
  define(
    program,
    'whose <port>',
    'who holds a port, from which worktree and branch, and who started it',
    'styxy whose 3000',
    () => import('./whose.ts'),
  ).addOption(jsonOption());
  define(
    program,
    'check <port>',
    'is this port free? exit code 1 if not',
    'styxy check 8000',
    () => import('./check.ts'),
  ).addOption(jsonOption());
  define(
    program,
    'suggest [type]',
    'ports that are free now',
    'styxy suggest api --count 3',
    () => import('./suggest.ts'),
  )
    .option('--count <count>', 'how many', suggestionsOption, 1)
    .option('--force', 'the type is new, even if its name looks like a typo')
    .addOption(jsonOption());
  define(
    program,
    'scan',
    'every port with a lease or a listener, and who is behind it',
    'styxy scan --range 3000-3999',
    () => import('./scan.ts'),
  )
    .addOption(new Option('--range <ports>', 'only these ports, like 3000-3999').argParser(rangeOption))
    .addOption(jsonOption());
}

function rangeOption(text: string): ScanQuery {
  const [, from, to = from] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  if (from === undefined) throw new InvalidArgumentError('write it like 3000-3999');
  try {
    return scanRange({ from: Number(from), to: Number(to) });
  } catch (error) {
    if (error instanceof StyxyError) throw new InvalidArgumentError(messageOf(error));
    throw error;
  }
}
