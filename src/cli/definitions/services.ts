import type { Command } from 'commander';
import { jsonOption, type Define } from '../define.ts';
import { countOption } from '../options.ts';

const LINES = 100;

/** Commands for services that run. */
export function defineServices(define: Define, program: Command): void {
  define(
    program,
    'stop <service-or-port-or-lock-id>',
    'end what holds a lease, and all that it started; a service is one of this worktree',
    'styxy stop web',
    () => import('../commands/stop.ts'),
  ).addOption(jsonOption());
  define(
    program,
    'logs <service>',
    'the output of a service of this worktree that was started with styxy run --detach',
    'styxy logs web --follow',
    () => import('../commands/logs.ts'),
  )
    .option('--follow', 'go on with what is added, until Ctrl-C')
    .option('--lines <count>', 'how many of the last lines', countOption, LINES)
    .addOption(jsonOption());
}
