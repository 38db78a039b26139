import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll } from 'vitest';
import { giveCompiledCode, keepCompiledCode } from './compiled-code.ts';
import { journalAt, type Journal } from './journal.ts';
import { allPids, isAlive, waitFor } from './processes.ts';
import { tempDir } from './temp.ts';

const BIN = fileURLToPath(new URL('../../bin/styxy.js', import.meta.url));

/** The variable by which a process and all it started are found again, whoever their parent is by then. */
const MARKER = 'TEST_RUN';

/** How a run ended. `status` is what a shell would have in `$?`. */
interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly status: number;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  /** For the message of an assertion: command, end, stderr. */
  readonly story: string;
}

interface StartOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** `pipe` is closed by the test; `ignore` is /dev/null. Default `ignore`. */
  readonly stdin?: 'pipe' | 'ignore';
  /** A command that execs its arguments, put before the wrapper: `['sh', '-c', 'umask 027; exec "$@"', 'sh']`. */
  readonly via?: readonly string[];
}

/** Variables for a run, and what lives of all that was started with them. */
export interface Environment {
  readonly env: Readonly<Record<string, string>>;
  /** Living processes of this run (`pid command`), the daemon not counted. */
  readonly survivors: () => string[];
  /** Waits until none lives. */
  readonly gone: (deadlineMs?: number) => Promise<void>;
}

/** A wrapper at work: leader of its own session and group, without a terminal. */
export interface Run extends Pick<Environment, 'survivors' | 'gone'> {
  readonly pid: number;
  readonly process: ChildProcess;
  readonly signal: (name: NodeJS.Signals) => void;
  /** The wrapper's process has ended. */
  readonly exited: (deadlineMs?: number) => Promise<Exit>;
  /** It has ended, and nobody holds its output streams open. */
  readonly finished: (deadlineMs?: number) => Promise<Exit>;
}

export interface Wrapper {
  /** The whole command line of the wrapper around `command`. */
  argv(...command: string[]): string[];
  /** The same as a shell's words. */
  shell(...command: string[]): string;
  start(command: readonly string[], options?: StartOptions): Run;
  /** Runs a command line with neither the wrapper nor its marker, to compare with. */
  direct(command: readonly string[], options?: StartOptions): Run;
  /** An environment of a run's own, for programs that the test starts by other means. */
  environment(): Environment;
  /** A journal in a file of its own. */
  journal(): Journal;
  /** A path in this test file's temp folder. */
  path(name: string): string;
  /** The daemon that `styxy run` started, if there is one. */
  daemonPid(): number | undefined;
}

interface WrapperOptions {
  /** Start the daemon before the first test, so that no test's process tree holds it. Default true. */
  readonly warm?: boolean;
  /** For `config.json`. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

export const shellQuote = (words: readonly string[]) =>
  words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');

/** STYXY_TEST_WRAPPER (a JSON array) puts another wrapper under the same tests. */
function commandUnderTest(): string[] {
  const other = process.env['STYXY_TEST_WRAPPER'];
  return other ? JSON.parse(other) : [process.execPath, BIN, 'run', '--'];
}

function marked(prefix: string): number[] {
  return allPids().filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/environ`, 'latin1')
        .split('\0')
        .some((pair) => pair.startsWith(`${MARKER}=${prefix}`));
    } catch {
      return false;
    }
  });
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim();
  } catch {
    return '(ended)';
  }
}

function observe(child: ChildProcess, words: readonly string[]): Pick<Run, 'exited' | 'finished'> {
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => err.push(chunk));
  const state = { ended: false, closed: false, failure: undefined as Error | undefined };
  child.once('exit', () => (state.ended = true));
  child.once('close', () => (state.closed = true));
  child.once('error', (error) => (state.failure = error));

  const exit = (): Exit => {
    const { exitCode: code, signalCode: signal } = child;
    const stderr = Buffer.concat(err);
    return {
      code,
      signal,
      status: code ?? 128 + (signal ? constants.signals[signal] : 0),
      stdout: Buffer.concat(out),
      stderr,
      story: `${words.join(' ').slice(0, 500)}\nended with ${signal ?? code}; its stderr:\n${stderr.toString().slice(-2000)}`,
    };
  };
  const reached = (what: string, done: () => boolean) => async (deadlineMs?: number) => {
    const missing = () => `${what} of: ${exit().story}`;
    await waitFor(() => done() || state.failure, deadlineMs ?? 30_000, missing);
    if (state.failure) throw state.failure;
    return exit();
  };
  return {
    exited: reached('the end', () => state.ended),
    finished: reached('the end, and of both output streams,', () => state.closed),
  };
}

/**
 * The wrapper under test, with a STYXY_HOME of its own for the calling test file (call it once, inside `describe`).
 * After the tests the daemon is stopped and seen gone, and whatever a failed test left behind is killed.
 */
export function wrapperUnderTest({ warm = true, settings }: WrapperOptions = {}): Wrapper {
  // Made by beforeAll: the body of a skipped `describe` runs, its hooks do not.
  const folders = { home: '', place: '' };
  const runs = { prefix: '', count: 0 };
  const removals: (() => void)[] = [];

  const base = (): Record<string, string> => ({
    PATH: process.env['PATH'] ?? '/usr/bin:/bin',
    HOME: folders.place,
    LANG: 'C.UTF-8',
    SHELL: '/bin/sh',
    STYXY_HOME: folders.home,
    STYXY_HTTP_PORT: '0',
  });

  const daemonPid = (): number | undefined => {
    try {
      const record: { pid?: number } = JSON.parse(readFileSync(join(folders.home, 'daemon.pid'), 'utf8'));
      return record.pid;
    } catch {
      return undefined;
    }
  };

  const environment = (): Environment => {
    const id = `${runs.prefix}${runs.count++}.`;
    const survivors = () => {
      const daemon = daemonPid();
      return marked(id)
        .filter((pid) => pid !== daemon && isAlive(pid))
        .map((pid) => `${pid} ${commandLine(pid)}`);
    };
    const gone = async (deadlineMs = 15_000) => {
      const missing = () => `these to end: ${survivors().join('; ')}`;
      await waitFor(() => survivors().length === 0, deadlineMs, missing);
    };
    return { env: { ...base(), [MARKER]: id }, survivors, gone };
  };

  const launch = (words: readonly string[], options: StartOptions, own: Environment): Run => {
    const [file = '', ...args] = [...(options.via ?? []), ...words];
    const child = spawn(file, args, {
      cwd: options.cwd ?? folders.place,
      env: { ...own.env, ...options.env },
      stdio: [options.stdin ?? 'ignore', 'pipe', 'pipe'],
      detached: true,
    });
    // A program that does not read its stdin is no failure of the test's writer.
    child.stdin?.on('error', () => {});
    return {
      pid: child.pid ?? -1,
      process: child,
      signal: (name) => void child.kill(name),
      survivors: own.survivors,
      gone: own.gone,
      ...observe(child, words),
    };
  };

  const argv = (...command: string[]) => [...commandUnderTest(), ...command];
  const unmarked = (): Environment => ({ env: base(), survivors: () => [], gone: async () => {} });

  beforeAll(async () => {
    const [home, place] = [tempDir(), tempDir('styxy-cwd-')];
    removals.push(home.remove, place.remove);
    folders.home = home.path;
    giveCompiledCode(home.path);
    folders.place = place.path;
    if (settings) writeFileSync(join(home.path, 'config.json'), JSON.stringify(settings));
    runs.prefix = `${basename(home.path)}.`;
    if (!warm) return;
    const first = await launch(argv('true'), {}, unmarked()).finished(60_000);
    if (first.status !== 0) throw new Error(`the wrapper can't even run \`true\`: ${first.story}`);
  });

  afterAll(async () => {
    const daemon = daemonPid();
    try {
      if (daemon !== undefined) {
        // As `styxy daemon stop` does it, which would cost each file another command.
        if (isAlive(daemon)) process.kill(daemon, 'SIGTERM');
        await waitFor(() => !isAlive(daemon), 15_000, `daemon ${daemon} to end after SIGTERM`);
        keepCompiledCode(folders.home);
      }
    } finally {
      if (daemon !== undefined && isAlive(daemon)) process.kill(daemon, 'SIGKILL');
      for (const pid of marked(runs.prefix)) {
        try {
          process.kill(pid, 'SIGKILL');
        } catch {
          // It ended by itself between the two lines.
        }
      }
      for (const remove of removals) remove();
    }
  });

  return {
    argv,
    shell: (...command) => shellQuote(argv(...command)),
    start: (command, options = {}) => launch(argv(...command), options, environment()),
    direct: (command, options = {}) => launch(command, options, unmarked()),
    environment,
    journal: () => journalAt(join(folders.place, `journal-${runs.count++}`)),
    path: (name) => join(folders.place, name),
    daemonPid,
  };
}
