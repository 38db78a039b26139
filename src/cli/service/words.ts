import type { Command } from 'commander';
import { jsonOption, type Define } from '../words/define.ts';

/** Commands that have the system keep the daemon running. */
export function defineService(define: Define, program: Command): void {
  const service = program
    .command('service')
    .summary('have systemd or launchd keep the daemon running')
    .description('have the system keep the daemon running, from login on (systemd, launchd)');
  define(
    service,
    'install',
    'write a unit for systemd or launchd, and start it',
    'styxy service install --dry-run',
    () => import('./install.ts'),
  )
    .option('--dry-run', 'print the unit')
    .addOption(jsonOption());
  define(
    service,
    'uninstall',
    'end it and remove the unit',
    'styxy service uninstall',
    () => import('./uninstall.ts'),
  ).addOption(jsonOption());
  define(
    service,
    'status',
    'is it installed, and does it run?',
    'styxy service status',
    () => import('./status.ts'),
  ).addOption(jsonOption());
}
