import { type Command, Option } from 'commander';
import { jsonOption, type Define } from '../define.ts';
import { pidOption, portOption, suggestionsOption, timeoutOption, ttlOption } from '../options.ts';

/** Commands that ask about ports and change leases. */
export function defineLeases(define: Define, program: Command): void {
  define(
    program,
    'allocate',
    'lease a port for something that styxy does not start',
    'styxy allocate --type database --name pg --pid 4711',
    () => import('../commands/allocate.ts'),
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
    'release <lock-id-or-port-or-service>',
    'end a lease; of a shared one, one share',
    'styxy release 3001',
    () => import('../commands/release.ts'),
  )
    .option('--instance <id>', 'of a shared lease: the share of this instance')
    .option('--all', 'of a shared lease: for everybody')
    .addOption(jsonOption());
  define(
    program,
    'check <port>',
    'is this port free? exit code 1 if not',
    'styxy check 8000',
    () => import('../commands/check.ts'),
  ).addOption(jsonOption());
  define(
    program,
    'suggest [type]',
    'ports that are free now',
    'styxy suggest api --count 3',
    () => import('../commands/suggest.ts'),
  )
    .option('--count <count>', 'how many', suggestionsOption, 1)
    .option('--force', 'the type is new, even if its name looks like a typo')
    .addOption(jsonOption());

  define(
    program,
    'list',
    'all leases, and what really listens',
    'styxy list --type dev',
    () => import('../commands/list.ts'),
  )
    .option('--type <type>', 'only this service type')
    .option('--project <dir>', 'only this worktree')
    .option('--external', 'also listeners on managed ports that no lease explains')
    .option('--watch', 'keep it up to date until Ctrl-C; without a terminal, print it again at each change')
    .addOption(jsonOption());
  define(
    program,
    'whose <port>',
    'where the holder of a port comes from',
    'styxy whose 3000',
    () => import('../commands/whose.ts'),
  ).addOption(jsonOption());
  define(
    program,
    'wait <service-or-port>',
    'wait until it listens',
    'styxy wait web --timeout 1m',
    () => import('../commands/wait.ts'),
  )
    .addOption(timeoutOption('how long'))
    .addOption(jsonOption());
  define(
    program,
    'env',
    "the ports of this project's services as variables",
    'eval "$(styxy env --format shell)"',
    () => import('../commands/env.ts'),
  )
    .addOption(
      new Option('--format <format>', 'how to print them')
        .choices(['dotenv', 'shell', 'json'])
        .default('dotenv'),
    )
    .addOption(jsonOption());
  define(
    program,
    'url [service]',
    'the URL of a running service of this project',
    'open "$(styxy url web)"',
    () => import('../commands/url.ts'),
  ).addOption(jsonOption());
  define(
    program,
    'status',
    'the daemon: is it running, since when, how busy',
    'styxy status',
    () => import('../commands/status.ts'),
  ).addOption(jsonOption());
  define(
    program,
    'cleanup',
    'end leases whose holder is gone, now',
    'styxy cleanup',
    () => import('../commands/cleanup.ts'),
  ).addOption(jsonOption());
}
