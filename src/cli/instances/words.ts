import type { Command } from 'commander';
import { jsonOption, type Define } from '../words/define.ts';
import { pidOption } from '../words/options.ts';

/** Commands about instances: registered sessions that own leases. */
export function defineInstances(define: Define, program: Command): void {
  const instances = program
    .command('instances')
    .description('registered sessions (agents, terminals, checkouts) that own leases');
  define(
    instances,
    'list',
    'all instances, each with its ports',
    'styxy instances list',
    () => import('./list.ts'),
  ).addOption(jsonOption());
  define(
    instances,
    'register [id]',
    'register an instance; without an id, the agent session that this command runs in',
    'styxy instances register review --pid $$',
    () => import('./register.ts'),
  )
    .option(
      '--pid <pid>',
      'it lives as long as this process; without, as long as it sends heartbeats',
      pidOption,
    )
    .option('--dir <dir>', 'its working directory (default: the current one)')
    .option('--agent <agent>', 'it is a session of this coding agent: its servers end with the process, too')
    .addOption(jsonOption());
  define(
    instances,
    'heartbeat [id]',
    'say that an instance lives',
    'styxy instances heartbeat review',
    async () => ({ execute: (await import('./keep.ts')).heartbeat }),
  ).addOption(jsonOption());
  define(
    instances,
    'remove [id]',
    'end an instance; its leases end as soon as nothing listens on their ports',
    'styxy instances remove review',
    async () => ({ execute: (await import('./keep.ts')).remove }),
  ).addOption(jsonOption());
}
