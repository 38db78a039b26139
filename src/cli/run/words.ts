import { type Command, Option } from 'commander';
import { execute } from './run.ts';
import type { UpFlags } from './flags.ts';
import { jsonOption, type Define } from '../words/define.ts';
import { countOption, portOption, portsOption, timeoutOption, variableOption } from '../words/options.ts';

export function defineRun(define: Define, program: Command): void {
  program.commandsGroup('Run services:');
  define(
    program,
    'run [command...]',
    'lease a port, run a command with it, release it at its end',
    [
      'styxy run -- npm run dev',
      'styxy run dev',
      'styxy run --detach --wait --json --name web -- npm run dev',
      'styxy run --ports web=dev,hmr=proxy -- npm run dev -- --hmr-port {hmr}',
    ],
    () => ({ execute }),
  )
    .passThroughOptions()
    .usage(
      '[options] -- <command...>\n       styxy run [options] <service|script>\n       styxy run [options]',
    )
    .option(
      '--type <type>',
      'service type: its range is where the port comes from (default: what the command is)',
    )
    .option('--name <name>', 'service name: the same name in the same worktree gets the same port')
    .option('--port <port>', 'exactly this port, or fail', portOption)
    .option('--prefer <port>', 'this port if it is free', portOption)
    .option(
      '--env <variable>',
      'put the port into this variable instead of PORT (repeatable)',
      variableOption,
    )
    .addOption(
      new Option(
        '--ports <name=type,...>',
        'several ports, all or none: each in <NAME>_PORT, the first in PORT',
      )
        .argParser(portsOption)
        .conflicts(['name', 'type']),
    )
    .addOption(
      new Option(
        '--if-running <what>',
        'if the service runs here already: start a new one, reuse it (print its URL), replace it, or fail ' +
          '(default: new; with --detach: reuse)',
      ).choices(['new', 'reuse', 'replace', 'fail']),
    )
    .option('--instance <id>', 'the instance (session) this run belongs to')
    .option(
      '--force',
      'allow ports below 1024 and of other types, and a new type whose name looks like a typo',
    )
    .option(
      '--detach',
      'run it in the background and print its URL; asked again, print the same URL (see styxy logs, styxy stop)',
    )
    .addOption(new Option('--detached').hideHelp())
    .addOption(new Option('--attached').hideHelp())
    .addOption(new Option('--up <json>').hideHelp().argParser((text): UpFlags => JSON.parse(text)))
    .option('--wait', 'say when it listens; end it if it does not in time (with --detach it goes on)')
    .addOption(timeoutOption('for --wait'))
    .option(
      '--retries <count>',
      'new port and new start when another program took the port (default: recovery.port_conflict.max_retries, 3)',
      countOption,
    )
    .option(
      '--remap',
      'exchange the port that a Node program has hard-coded when it listens, and where others connect to it',
    )
    .option(
      '--direct',
      'start the script that npm is asked for without npm, as a service or script that is named',
    )
    .option('--quiet', 'no notes of our own')
    .option('--dry-run', 'print what would be done; ends with 75 if it would be refused')
    .addOption(jsonOption());
}
