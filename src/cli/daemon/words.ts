import { type Command, Option } from 'commander';
import { jsonOption, type Define } from '../words/define.ts';
import { countOption } from '../words/options.ts';

export function defineStatus(define: Define, program: Command): void {
  define(
    program,
    'status',
    'the daemon: is it running, since when, how busy',
    'styxy status',
    () => import('./status.ts'),
  ).addOption(jsonOption());
}

/** Commands for the daemon itself, which starts without them when it is needed. */
export function defineDaemon(define: Define, program: Command): void {
  const daemon = program
    .command('daemon')
    .description('what keeps all leases: it starts by itself when it is needed');
  define(daemon, 'start', 'start it', 'styxy daemon start', async () => ({
    execute: (await import('./start-stop.ts')).start,
  })).addOption(jsonOption());
  define(daemon, 'stop', 'end it; leases stay in its journal', 'styxy daemon stop', async () => ({
    execute: (await import('./start-stop.ts')).stop,
  })).addOption(jsonOption());
  define(
    daemon,
    'restart',
    'hand over to a new one; nothing that runs is touched',
    'styxy daemon restart',
    () => import('./restart.ts'),
  )
    .option('--if-silent', 'only if it does not answer, asked again for 10 s')
    .addOption(jsonOption());
  define(daemon, 'status', 'is it running?', 'styxy daemon status', () => import('./status.ts')).addOption(
    jsonOption(),
  );
  define(daemon, 'logs', 'what it said', 'styxy daemon logs --lines 50', () => import('./logs.ts'))
    .option('--lines <count>', 'how many', countOption, 20)
    .addOption(jsonOption());
  define(daemon, 'run', 'run it in the foreground', 'styxy daemon run', () => import('./run.ts'))
    .addOption(new Option('--spawned').hideHelp())
    .addOption(new Option('--service').hideHelp());
}
