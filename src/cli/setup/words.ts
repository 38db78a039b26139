import type { Command } from 'commander';
import { jsonOption, type Define } from '../words/define.ts';

/** First contact, and the last. */
export function defineSetup(define: Define, program: Command): void {
  define(
    program,
    'setup',
    'check this machine, then offer styxy init and the hooks of the coding agents that are here; each change is shown first',
    ['styxy setup', 'styxy setup --dry-run'],
    () => import('./setup.ts'),
  )
    .summary('check this machine, set up scripts and hooks')
    .option('--yes', 'do all of it without asking')
    .option('--dry-run', 'only show what would change')
    .addOption(jsonOption());
  define(
    program,
    'uninstall',
    'take back what setup, init, hook install and service install have done, and stop the daemon; each change is shown first',
    ['styxy uninstall --dry-run', 'styxy uninstall'],
    () => import('./uninstall.ts'),
  )
    .summary('take all of that back')
    .option('--yes', 'do all of it without asking')
    .option('--dry-run', 'only show what would change')
    .option('--purge', 'also remove ~/.styxy: configuration, leases, logs, backups')
    .addOption(jsonOption());
}
