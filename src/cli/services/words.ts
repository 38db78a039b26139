import { type Command, Option } from 'commander';
import { jsonOption, type Define } from '../words/define.ts';
import { countOption, timeoutOption } from '../words/options.ts';

const LINES = 100;

/** Commands for services that run. */
export function defineServices(define: Define, program: Command): void {
  define(
    program,
    'stop [service|port|lock-id...]',
    'end what holds a lease, and all that it started; a service is one of this worktree. Without one, it can be chosen at a terminal where several run',
    ['styxy stop web api', 'styxy stop --all'],
    () => import('./stop.ts'),
  )
    .summary('end services and all that they started')
    .option('--all', 'all leases of this worktree; asks first, if a person is there to answer')
    .option('--yes', 'do not ask')
    .addOption(jsonOption());
  define(
    program,
    'restart <service|port|lock-id>',
    'end a service of this worktree, and start it again as it was started, where it was started; with all programs of its run',
    'styxy restart web',
    () => import('./restart.ts'),
  )
    .summary('end a service, and start it again')
    .option('--wait', 'until it listens')
    .addOption(timeoutOption('for --wait'))
    .addOption(jsonOption());
  define(
    program,
    'switch <service>',
    "give a service of this worktree the fixed port of the project (`prefer` of its configuration); another worktree's service that has it goes on at a port of its own. Both are started again where they run, at a terminal or in the background; one that does not run is started",
    'styxy switch web',
    () => import('./switch.ts'),
  )
    .summary('take the fixed port of the project from another worktree')
    .addOption(timeoutOption('how long each may take to listen'))
    .addOption(jsonOption());
  define(
    program,
    'logs [service|port|lock-id]',
    'the output of a service of this worktree that was started by styxy up or with styxy run --detach, or of all; which of several can be chosen at a terminal',
    ['styxy logs web --follow', 'styxy logs --lines 20'],
    () => import('./logs.ts'),
  )
    .summary('the output of services in the background, and of styxy up')
    .option('--follow', 'go on with what is added, until Ctrl-C')
    .option('--lines <count>', 'how many of the last lines, of each', countOption, LINES)
    .addOption(jsonOption());
  defineAddresses(define, program);
}

/** Commands that say where services are. */
function defineAddresses(define: Define, program: Command): void {
  define(
    program,
    'url [service|port|lock-id]',
    'the URL of a running service of this project; where several run, it can be chosen at a terminal',
    'open "$(styxy url web)"',
    () => import('./url.ts'),
  )
    .option('--name', 'the one with its own host name, like http://web.shop.localhost:3000')
    .addOption(jsonOption());
  define(
    program,
    'open [service|port|lock-id]',
    'open a service in the browser as soon as it listens, by its host name where it has one; print the address where there is no browser; where several run, it can be chosen at a terminal',
    'styxy open web',
    () => import('./open.ts'),
  )
    .summary('open a service in the browser')
    .option('--plain', 'by http://localhost:<port>')
    .addOption(timeoutOption('how long to wait until it listens'))
    .addOption(jsonOption());
  define(
    program,
    'wait <service|port|lock-id>',
    'wait until a service listens, and print its URL',
    'styxy wait web --timeout 1m',
    () => import('./wait.ts'),
  )
    .addOption(timeoutOption('how long'))
    .addOption(jsonOption());
  define(
    program,
    'env',
    "the ports of this project's services as variables",
    ['eval "$(styxy env --format shell)"', 'styxy env --write'],
    () => import('./env.ts'),
  )
    .addOption(
      new Option('--format <format>', 'how to print them')
        .choices(['dotenv', 'shell', 'json'])
        .default('dotenv'),
    )
    .option(
      '--write [file]',
      'keep them in a block of this file, and touch nothing else of it; .env.local of the project if none is named',
    )
    .option('--check', 'only say whether that block is up to date: exit code 1 if it is not')
    .option('--force', 'with --write: also into a file that git tracks or that is read-only')
    .addOption(jsonOption());
}
