import type { Command } from 'commander';
import { jsonOption, type Define } from '../words/define.ts';

/** Commands that look after this installation. */
export function defineMaintenance(define: Define, program: Command): void {
  program.commandsGroup('Look after Styxy:');
  define(
    program,
    'status',
    'the daemon: is it running, since when, how busy',
    'styxy status',
    () => import('../daemon/status.ts'),
  ).addOption(jsonOption());
  define(
    program,
    'doctor',
    'check this installation, and say how to mend what is wrong; exit code 1 if something is',
    'styxy doctor',
    () => import('./doctor.ts'),
  )
    .summary('check this installation, and say how to mend it')
    .addOption(jsonOption());

  const service = program
    .command('service')
    .summary('have systemd or launchd keep the daemon running')
    .description('have the system keep the daemon running, from login on (systemd, launchd)');
  define(
    service,
    'install',
    'write a unit for systemd or launchd, and start it',
    'styxy service install --dry-run',
    () => import('../service/install.ts'),
  )
    .option('--dry-run', 'print the unit')
    .addOption(jsonOption());
  define(
    service,
    'uninstall',
    'end it and remove the unit',
    'styxy service uninstall',
    () => import('../service/uninstall.ts'),
  ).addOption(jsonOption());
  define(
    service,
    'status',
    'is it installed, and does it run?',
    'styxy service status',
    () => import('../service/status.ts'),
  ).addOption(jsonOption());
}
