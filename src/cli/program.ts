import { Command, CommanderError } from 'commander';
import { StyxyError } from '../base/styxy-error.ts';
import { VERSION } from '../protocol/version.ts';
import { ENVIRONMENT } from '../settings/environment.ts';
import type { Context } from './context.ts';
import { createDefine, type Result } from './define.ts';
import { defineCare } from './definitions/care.ts';
import { defineConfig } from './definitions/config.ts';
import { defineDaemon } from './definitions/daemon.ts';
import { defineInstances } from './definitions/instances.ts';
import { defineLeases } from './definitions/leases.ts';
import { defineObserve } from './definitions/observe.ts';
import { defineReports } from './definitions/reports.ts';
import { defineRun } from './definitions/run.ts';
import { defineServices } from './definitions/services.ts';

/**
 * All commands: their words, options and help. A command's work is in `commands/`, one file each.
 * @param finish told how the command that ran has ended
 */
export function createProgram(context: Context, finish: (result: Result) => void): Command {
  const program = emptyProgram();
  const define = createDefine(context, finish);
  defineRun(define, program);
  defineServices(define, program);
  defineLeases(define, program);
  defineObserve(define, program);
  defineReports(define, program);
  defineInstances(define, program);
  defineDaemon(define, program);
  defineCare(define, program);
  defineConfig(define, program);
  define(
    program,
    'completion <shell>',
    'completion script for bash, zsh or fish',
    'styxy completion bash >> ~/.bashrc',
    async () => {
      const { completionScript } = await import('./commands/completion.ts');
      return { execute: ({ out }, _, [shell = '']) => (out.data(completionScript(program, shell)), 0) };
    },
  );
  return program;
}

/**
 * Runs what the arguments say.
 * @throws StyxyError, or CommanderError when the arguments are not understood
 */
export async function executeProgram(argv: readonly string[], context: Context): Promise<Result> {
  let result: Result = 0;
  const program = createProgram(context, (given) => (result = given));
  const silent = { outputError: () => undefined, writeErr: () => undefined };
  for (const each of withChildren(program)) each.exitOverride().configureOutput(silent);
  if (argv.length === 0) program.outputHelp();
  else
    await program
      .parseAsync([...argv], { from: 'user' })
      .catch((thrown: unknown) => understood(thrown, argv));
  return result;
}

function withChildren(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withChildren)];
}

/** commander also throws when it has printed what was asked for, and when a command is missing. */
function understood(thrown: unknown, argv: readonly string[]): void {
  if (!(thrown instanceof CommanderError)) throw thrown;
  if (thrown.exitCode === 0) return;
  if (thrown.code !== 'commander.help') throw thrown;
  const typed = argv.filter((word) => !word.startsWith('-'));
  if (typed[0] === 'help') {
    const wanted = typed.slice(1).join(' ');
    throw new StyxyError('USAGE', `there is no command "${wanted}"`, { hint: 'styxy --help names them all' });
  }
  const words = ['styxy', ...typed].join(' ');
  throw new StyxyError('USAGE', `"${words}" needs a command`, { hint: `${words} --help` });
}

function environmentHelp(): string {
  const rows = Object.entries(ENVIRONMENT).map(([name, { meaning }]) => [`  ${name}`, meaning]);
  return rows.map(([name = '', meaning]) => `${name.padEnd(24)}${meaning}`).join('\n');
}

function emptyProgram(): Command {
  return new Command('styxy')
    .description(
      'A port of its own for every dev server on this machine, and the truth about who holds which port.',
    )
    .version(VERSION, '-V, --version')
    .option('--json', 'print one JSON document; also behind the command')
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .configureHelp({ sortSubcommands: false, showGlobalOptions: false })
    .addHelpText('after', `\nExample:\n  $ styxy run -- npm run dev\n\nEnvironment:\n${environmentHelp()}`);
}
