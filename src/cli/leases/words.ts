import { type Command, Option } from 'commander';
import { jsonOption, type Define } from '../words/define.ts';
import { pidOption, portOption, ttlOption } from '../words/options.ts';

/** Commands that take and end leases of what styxy does not start. */
export function defineLeases(define: Define, program: Command): void {
  program.commandsGroup('Lease by hand:');
  define(
    program,
    'allocate',
    'lease a port for something that styxy does not start',
    'styxy allocate --type database --name pg --pid 4711',
    () => import('./allocate.ts'),
  )
    .requiredOption('--type <type>', 'service type')
    .option('--name <name>', 'service name')
    .option('--port <port>', 'exactly this port, or fail', portOption)
    .option('--prefer <port>', 'this port if it is free', portOption)
    .option(
      '--force',
      'allow ports below 1024 and of other types, and a new type whose name looks like a typo',
    )
    .addOption(
      new Option('--pid <pid>', 'the lease ends with this process').argParser(pidOption).conflicts('ttl'),
    )
    .addOption(
      new Option('--ttl <time>', 'the lease ends after this time, unless the port is in use').argParser(
        ttlOption,
      ),
    )
    .option('--instance <id>', 'the instance (session) this lease belongs to')
    .addOption(jsonOption());
  define(
    program,
    'release <lock-id|port|service>',
    'end a lease; of a shared one, one share',
    'styxy release 3001',
    () => import('./release.ts'),
  )
    .option('--instance <id>', 'of a shared lease: the share of this instance')
    .option('--all', 'of a shared lease: for everybody')
    .addOption(jsonOption());
  define(
    program,
    'forget [service]',
    'stop keeping ports for services that do not run: for one, or for all of this worktree',
    'styxy forget web',
    () => import('./forget.ts'),
  )
    .summary('stop keeping ports for what does not run')
    .option('--all', 'of every worktree; asks first')
    .option('--yes', 'do not ask')
    .addOption(jsonOption());
  define(
    program,
    'cleanup',
    'end leases whose holder is gone, now',
    'styxy cleanup',
    () => import('./cleanup.ts'),
  ).addOption(jsonOption());
}
