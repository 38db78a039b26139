import { spawn, type ChildProcess } from 'node:child_process';
import { waitFor } from './processes.ts';

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** For the message of an assertion: arguments, end, output. */
  readonly story: string;
}

export interface Running {
  readonly pid: number;
  readonly process: ChildProcess;
  /** What it wrote so far. */
  stdout(): string;
  stderr(): string;
  /** It has ended and nobody holds its output open. */
  finished(deadlineMs?: number): Promise<Exit>;
}

export interface StartOptions {
  readonly cwd?: string;
  /** undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** A command that execs its arguments, put before ours: `setpriv --reuid 65534 ...`. */
  readonly via?: readonly string[];
}

/** Starts any program; `env` is its whole environment. */
export function startProgram(words: readonly string[], options: StartOptions): Running {
  const [file = '', ...args] = [...(options.via ?? []), ...words];
  const child = spawn(file, args, {
    cwd: options.cwd,
    env: { ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { stdout: '', stderr: '' };
  const end = { closed: false, failure: undefined as Error | undefined };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.stderr += text));
  child.once('error', (error) => (end.failure = error));
  child.once('close', () => (end.closed = true));

  const exit = (): Exit => ({
    ...said,
    code: child.exitCode,
    signal: child.signalCode,
    story:
      `${words.slice(2).join(' ').slice(0, 500)}\nended with ${child.signalCode ?? child.exitCode}\n` +
      `stdout: ${said.stdout.slice(-1500)}\nstderr: ${said.stderr.slice(-1500)}`,
  });
  return {
    pid: child.pid ?? -1,
    process: child,
    stdout: () => said.stdout,
    stderr: () => said.stderr,
    async finished(deadlineMs = 40_000) {
      await waitFor(
        () => end.closed || end.failure,
        deadlineMs,
        () => `the end of: ${exit().story}`,
      );
      if (end.failure) throw end.failure;
      return exit();
    },
  };
}
