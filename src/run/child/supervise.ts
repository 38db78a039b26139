import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { StyxyError, systemCode } from '../../base/styxy-error.ts';
import type { ExitStatus } from '../../system/process/exit-status.ts';
import type { ProcessIdentity } from '../../system/process/identity.ts';
import { endProcesses } from '../../system/process/kill-tree.ts';
import { snapshotTree } from '../../system/process/tree.ts';
import { asksToEnd, onForwardedSignals, reachedChildAlready } from './signals.ts';

/** What is left of a tree that was asked to end gets this long before SIGKILL. */
const SWEEP_GRACE_MS = 3000;
/** How long a child may take after its terminal was closed, since it can't be ended by hand any more. */
const HANGUP_LIMIT_MS = 10_000;

/** Where and with which variables a command runs. */
export interface Place {
  cwd: string;
  env: NodeJS.ProcessEnv;
}

export interface Outcome {
  status: ExitStatus;
  /** The person or a service manager asked it to end: its end is no failure of its own. */
  askedToEnd: boolean;
  ranForMs: number;
}

export interface Supervised {
  readonly pid: number;
  readonly outcome: Promise<Outcome>;
  /** Ends the child and everything it started. */
  end(): Promise<void>;
}

/**
 * Starts a command as if the caller had started it: same process group, same terminal, same files. Signals reach it
 * exactly once. When it was asked to end, what it started ends too; when it ends by itself, what it left running is
 * left alone.
 * @throws StyxyError COMMAND_NOT_FOUND, COMMAND_NOT_EXECUTABLE
 */
export async function supervise(command: readonly string[], place: Place): Promise<Supervised> {
  const startedAt = process.uptime();
  let child: ChildProcess | undefined;
  let askedToEnd = false;
  let toldByUs = false;
  const tree = new Map<string, ProcessIdentity>();

  function rememberTree(): void {
    if (child?.pid === undefined) return;
    for (const member of snapshotTree(child.pid)) tree.set(`${member.pid} ${member.startTime}`, member);
  }

  function onSignal(signal: NodeJS.Signals): void {
    if (asksToEnd(signal)) {
      askedToEnd = true;
      rememberTree();
    }
    if (reachedChildAlready(signal)) return;
    toldByUs ||= asksToEnd(signal);
    child?.kill(signal);
    if (signal === 'SIGHUP') setTimeout(() => void end(), HANGUP_LIMIT_MS).unref();
  }

  async function end(): Promise<void> {
    askedToEnd = true;
    rememberTree();
    await endProcesses([...tree.values()], { graceMs: SWEEP_GRACE_MS });
  }

  // Before the start, so that no signal falls between the two.
  const stopListening = onForwardedSignals(onSignal);
  child = start(command, place);
  const exited = exitOf(child);
  if (child.pid === undefined) {
    stopListening();
    throw await exited.catch((error: unknown) => asCommandError(error, command[0] ?? ''));
  }

  async function watch(): Promise<Outcome> {
    const status = await exited;
    const ranForMs = (process.uptime() - startedAt) * 1000;
    if (askedToEnd) await sweep([...tree.values()], toldByUs);
    stopListening();
    return { status, askedToEnd, ranForMs };
  }
  return { pid: child.pid, outcome: watch(), end };
}

/**
 * The direct child is often a shell or a package manager that dies at once and leaves the server behind. What the
 * terminal has signalled is given time to finish; the rest of the tree hears of it only now.
 */
async function sweep(tree: ProcessIdentity[], toldByUs: boolean): Promise<void> {
  await endProcesses(tree, { signal: toldByUs ? 'SIGTERM' : 'SIGCONT', graceMs: SWEEP_GRACE_MS });
}

function start([file = '', ...args]: readonly string[], { cwd, env }: Place): ChildProcess {
  return spawn(file, args, { stdio: 'inherit', cwd: enterable(cwd), env });
}

/** A folder that was removed under us can't be entered again: the child stays in it as we do. */
export const enterable = (folder: string): string | undefined => (existsSync(folder) ? folder : undefined);

/** @throws the system's error when the child could not be started */
function exitOf(child: ChildProcess): Promise<ExitStatus> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.once('error', reject);
  });
}

function asCommandError(error: unknown, file: string): unknown {
  const code = systemCode(error);
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new StyxyError('COMMAND_NOT_FOUND', `there is no command "${file}"`, { cause: error });
  }
  if (code === 'EACCES' || code === 'EISDIR' || code === 'ENOEXEC' || code === 'EPERM') {
    return new StyxyError('COMMAND_NOT_EXECUTABLE', `"${file}" can't be executed`, {
      why: code,
      cause: error,
    });
  }
  return error;
}
