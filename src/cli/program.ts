import { existsSync } from 'node:fs';
import { Command } from 'commander';
import { VERSION } from '../protocol/version.ts';
import { ENVIRONMENT } from '../settings/environment.ts';
import type { Context } from './context.ts';
import type { Output } from './print/output.ts';
import { createDefine, type Define, exampleHelp, type Result } from './words/define.ts';
import { defineDoctor } from './doctor/words.ts';
import { defineConfig } from './config/words.ts';
import { defineDashboard } from './dashboard/words.ts';
import { defineDaemon, defineStatus } from './daemon/words.ts';
import { defineHook } from './hook/words.ts';
import { defineInit } from './init/words.ts';
import { defineMcp } from './mcp/words.ts';
import { defineInstances } from './instances/words.ts';
import { defineLeases } from './leases/words.ts';
import { defineInspect } from './inspect/words.ts';
import { defineReports } from './reports/words.ts';
import { defineRun } from './run/words.ts';
import { defineService } from './service/words.ts';
import { defineSetup } from './setup/words.ts';
import { defineServices } from './services/words.ts';
import { defineUi } from './ui/words.ts';
import { defineUp } from './up/words.ts';
import { acceptServiceForType } from './words/other-spellings.ts';
import { hasPrintedHelp, throwUsageErrors } from './words/usage-error.ts';

type DefineFamily = (define: Define, program: Command) => void;

/** Commands that programs ask again and again: they start without the words of all others. */
const ALONE: Readonly<Record<string, DefineFamily>> = {
  run: defineRun,
  list: defineInspect,
  ls: defineInspect,
  ps: defineInspect,
  check: defineInspect,
  whose: defineInspect,
  suggest: defineInspect,
  url: defineServices,
  wait: defineServices,
  env: defineServices,
  stop: defineServices,
  status: defineStatus,
};

/**
 * All commands: their words, options and help. Each group has a folder: `words.ts`, and a file for each command's work.
 * @param finish told how the command that ran has ended
 */
export function createProgram(context: Context, finish: (result: Result) => void): Command {
  const program = emptyProgram(context.out);
  const define = createDefine(context, finish);
  defineAll(define, program);
  acceptServiceForType(program);
  return program.helpCommand('help [command]', 'show the help of a command');
}

/** Only the command of that name, and its family; all of them, where it needs more than its family. */
export function createProgramFor(name: string, context: Context, finish: (result: Result) => void): Command {
  if (!Object.hasOwn(ALONE, name)) return createProgram(context, finish);
  const program = emptyProgram(context.out);
  ALONE[name]?.(createDefine(context, finish), program);
  acceptServiceForType(program);
  return program;
}

function defineAll(define: Define, program: Command): void {
  defineRun(define, program);
  defineUp(define, program);
  defineServices(define, program);
  defineInspect(define, program);
  defineLeases(define, program);
  defineInstances(define, program);
  defineUi(define, program);
  program.commandsGroup('Set up, and take back:');
  defineSetup(define, program);
  defineInit(define, program);
  defineHook(define, program);
  defineMcp(define, program);
  program.commandsGroup('Look after Styxy:');
  defineStatus(define, program);
  defineDashboard(define, program);
  defineDoctor(define, program);
  defineService(define, program);
  defineReports(define, program);
  defineConfig(define, program);
  defineDaemon(define, program);
  define(
    program,
    'completion <shell>',
    'completion script for bash, zsh or fish',
    'eval "$(styxy completion bash)"',
    async () => {
      const { completionScript } = await import('./completion.ts');
      return { execute: ({ out }, _, [shell = '']) => (out.exact(completionScript(program, shell)), 0) };
    },
  );
}

/**
 * Runs what the arguments say.
 * @throws StyxyError USAGE when the arguments are not understood
 */
export async function executeProgram(argv: readonly string[], context: Context): Promise<Result> {
  let result: Result = 0;
  const program = createProgramFor(argv[0] ?? '', context, (given) => (result = given));
  throwUsageErrors(program, argv);
  if (argv.length === 0) return begin(program, context);
  await program.parseAsync([...argv], { from: 'user' }).catch((thrown: unknown) => {
    if (!hasPrintedHelp(thrown)) throw thrown;
  });
  return result;
}

/** Called alone: everything at a glance where that can be drawn, else what there is. */
async function begin(program: Command, context: Context): Promise<Result> {
  const ui = await import('./ui/ui.ts');
  if (ui.isForDrawing(context.env)) return ui.execute(context);
  greet(program, context);
  return 0;
}

/** What there is, and for newcomers where to begin. */
function greet(program: Command, { out, paths }: Context): void {
  program.outputHelp();
  if (!existsSync(paths.root))
    out.note(
      '\nstyxy: new here? styxy setup looks at this machine and this project, and asks before it changes anything',
    );
}

/** In the form that commander gives to its own lists. */
function environmentHelp(program: Command): string {
  const help = program.createHelp();
  help.prepareContext({ helpWidth: process.stdout.columns || 80 });
  const names = Object.keys(ENVIRONMENT);
  const longest = Math.max(...names.map((name) => name.length));
  const items = names.map((name) =>
    help.formatItem(name, longest, ENVIRONMENT[name]!.meaning.replaceAll('`', ''), help),
  );
  return ['Environment:', ...items].join('\n');
}

/** The line of a command in a list of commands: its own help says the rest. */
function commandTerm(command: Command): string {
  const isOfStyxy = command.parent?.parent === null;
  const words = command.registeredArguments.map((each) =>
    each.required ? `<${each.name()}>` : `[${each.name()}]`,
  );
  return [command.name(), ...(isOfStyxy ? [] : words)].join(' ');
}

function emptyProgram(out: Output): Command {
  return (
    new Command('styxy')
      .description(
        'A port of its own for every dev server on this machine, and the truth about who holds which port.',
      )
      // By our own writer: process.stdout throws when its reader has gone (`styxy --help | head -1`).
      .configureOutput({ writeOut: (text) => out.data(text.replace(/\n$/, '')) })
      .version(VERSION, '-V, --version', 'print the version')
      .helpOption('-h, --help', 'show this help')
      .option('--json', 'print one JSON document; also behind the command')
      .enablePositionalOptions()
      .showSuggestionAfterError(false)
      .configureHelp({
        sortSubcommands: false,
        showGlobalOptions: false,
        minWidthToWrap: 24,
        subcommandTerm: commandTerm,
      })
      .addHelpText(
        'after',
        ({ command }) =>
          `\n${exampleHelp(['styxy run -- npm run dev', 'styxy setup'])}\n\n${environmentHelp(command)}`,
      )
  );
}
