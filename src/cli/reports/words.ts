import { type Command, Option } from 'commander';
import { jsonOption, type Define } from '../words/define.ts';
import { entriesOption } from '../words/options.ts';

/** Commands that tell what happened, and how much of it. */
export function defineReports(define: Define, program: Command): void {
  define(
    program,
    'audit',
    'what happened: ports granted, refused, lost and given back, and what else changed',
    ['styxy audit --action released --since 1h', 'styxy audit --all --json > audit.json'],
    () => import('./audit.ts'),
  )
    .summary('what happened: ports granted, refused, lost, given back')
    .option('--action <action>', 'only this kind: granted, released, refused, conflict...')
    .option('--type <type>', 'only this service type')
    .option('--since <time>', 'not older than 30s, 10m, 1h, 7d, or than a time (ISO 8601)')
    .option('--until <time>', 'not younger than that')
    .option('--limit <count>', 'how many of the latest', entriesOption, 50)
    .addOption(new Option('--all', 'every entry that is kept').conflicts('limit'))
    .addOption(jsonOption());
  define(
    program,
    'metrics',
    'how much of it: leases, grants, refusals, conflicts, times, as Prometheus reads them',
    'styxy metrics | grep styxy_leases',
    () => import('./metrics.ts'),
  )
    .summary('how much of it, as Prometheus reads it')
    .addOption(jsonOption());
}
