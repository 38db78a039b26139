import { type Command, Option } from 'commander';
import { durationOption } from '../words/options.ts';
import { jsonOption, type Define } from '../words/define.ts';

/** All services of a project at once. */
export function defineUp(define: Define, program: Command): void {
  define(
    program,
    'up [service...]',
    "start the project's services, or those that are named and what they depend on, each with a port of its own",
    ['styxy up', 'styxy up web --detach', 'styxy up --dry-run'],
    () => import('./up.ts'),
  )
    .summary("start all of the project's services")
    .option('--detach', 'in the background; returns when all are ready (see styxy logs, styxy down)')
    .addOption(
      new Option('--workspace <which>', 'from inside a package: all packages of its workspace').choices([
        'all',
      ]),
    )
    .addOption(
      new Option(
        '--timeout <time>',
        'how long a service may take to get ready (default: 60s, or its own "ready")',
      ).argParser(durationOption),
    )
    .option('--no-prefix', "print the services' lines without their names")
    .option('--dry-run', 'print what would be started, and why')
    .addOption(new Option('--json', 'print one JSON document a line, one for each event'));
  define(
    program,
    'down [service...]',
    'end the services of this worktree, or those that are named, each after those that depend on it',
    ['styxy down', 'styxy down web', 'styxy down --all --yes'],
    () => import('./down.ts'),
  )
    .summary('end the services of this worktree')
    .option('--all', 'what styxy up has started in any worktree; asks first')
    .option('--yes', 'do not ask')
    .addOption(jsonOption());
}
