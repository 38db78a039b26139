import { StyxyError } from '../base/styxy-error.ts';
import { DAEMON_WORDS } from '../client/daemon-words.ts';
import { dieLike } from '../system/process/exit-status.ts';
import { RUN_DEFAULTS } from './run/flags.ts';
import { execute as run } from './run/run.ts';
import { createContext, type Context } from './context.ts';
import type { Result } from './words/define.ts';
import { createOutput } from './print/output.ts';
import { asStyxyError, reportError } from './print/error.ts';

/** The command line, from arguments to exit code. The only place that sets it. */
async function main(argv: readonly string[]): Promise<void> {
  const { own, command } = splitAtTerminator(argv);
  try {
    const context = createContext(process.env, currentFolder(), command);
    const result = await execute(own, context);
    if (context.out.failure) throw outputLost(context.out.failure);
    end(result);
  } catch (thrown) {
    const error = asStyxyError(thrown);
    reportError(error, createOutput(process.env), {
      json: own.includes('--json'),
      debug: process.env.STYXY_LOG === 'debug',
    });
    end(error.exitCode);
  }
}

/**
 * Three need no reader of options: `styxy run -- <command>`, which starts most often and must start fastest, an agent's
 * hook, which runs before each of its commands, and the daemon that a client starts, which keeps for days whatever it
 * has loaded.
 */
async function execute(own: readonly string[], context: Context): Promise<Result> {
  if (own.length === 1 && own[0] === 'run' && context.command) return run(context, RUN_DEFAULTS, []);
  if (own.length === 2 && own[0] === 'hook') {
    const hook = await import('./hook/answer.ts');
    if (hook.isAgent(own[1]!)) return hook.printAnswer(own[1]!, process.env);
  }
  if (own.join(' ') === DAEMON_WORDS.join(' ')) {
    const daemon = await import('./daemon/run.ts');
    return daemon.execute(context, { spawned: true });
  }
  const { executeProgram } = await import('./program.ts');
  return executeProgram(own, context);
}

/** A reader of the file must not take what is missing for an answer. */
function outputLost(cause: Error): StyxyError {
  return new StyxyError('OUTPUT_LOST', 'what was to be printed could not be written', {
    why: cause.message,
    cause,
  });
}

function end(result: Result): void {
  if (typeof result === 'number') process.exitCode = result;
  else {
    // Who dies of a signal tells nobody; what was compiled for this run is kept at that event.
    if (result.signal !== null) process.emit('exit', 0);
    dieLike(result);
  }
}

/** `styxy run [options] -- <command...>`: what stands behind `--` is not ours to read. */
function splitAtTerminator(argv: readonly string[]): { own: string[]; command: string[] | undefined } {
  const isRun = argv.find((word) => !word.startsWith('-')) === 'run';
  const at = isRun ? argv.indexOf('--') : -1;
  return at < 0
    ? { own: [...argv], command: undefined }
    : { own: argv.slice(0, at), command: argv.slice(at + 1) };
}

function currentFolder(): string {
  try {
    return process.cwd();
  } catch {
    // The folder was removed under us; a command may still run in it.
    return process.env.PWD ?? '/';
  }
}

void main(process.argv.slice(2));
