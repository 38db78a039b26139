import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { StyxyError, systemCode } from '../../base/styxy-error.ts';
import type { ExitStatus } from '../../system/process/exit-status.ts';
import type { ProcessIdentity } from '../../system/process/identity.ts';
import { createDescendants } from './descendants.ts';
import { endDescendants } from './end-descendants.ts';
import { createGroupWitness } from './group-witness.ts';
import { asksToEnd, isInOurGroup, onForwardedSignals, reachedGroup } from './signals.ts';

/** How long a child may take after its terminal was closed, since it can't be ended by hand any more. */
const HANGUP_LIMIT_MS = 10_000;

/** Where and with which variables a command runs. */
export interface Place {
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** The leases whose markers the command's programs carry. */
  lockIds?: readonly string[];
}

export interface Outcome {
  status: ExitStatus;
  /** The person or a service manager asked it to end: its end is no failure of its own. */
  askedToEnd: boolean;
  /** ms since the epoch */
  startedAt: number;
  ranForMs: number;
  /** What it has started, as far as it was seen and still lives. */
  left: readonly ProcessIdentity[];
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
  const startedAt = Date.now();
  const startedUptime = process.uptime();
  // Before the start, so that no signal falls between the two.
  const stopListening = onForwardedSignals(receive);
  const child = start(command, place);
  const exited = exitOf(child);
  if (child.pid === undefined) {
    stopListening();
    throw await exited.catch((error: unknown) => asCommandError(error, command[0] ?? ''));
  }
  const { pid } = child;
  const descendants = createDescendants(pid, place.lockIds);
  const witness = createGroupWitness();
  const asked = { toEnd: false, asGroup: false };
  let forwarded: Promise<unknown> = Promise.resolve();

  function receive(signal: NodeJS.Signals): void {
    if (asksToEnd(signal)) {
      asked.toEnd = true;
      descendants.note();
    }
    if (signal === 'SIGHUP') setTimeout(() => void end(), HANGUP_LIMIT_MS).unref();
    forwarded = Promise.all([forwarded, forward(signal)]);
  }

  async function forward(signal: NodeJS.Signals): Promise<void> {
    const isGroups = await reachedGroup(signal, witness);
    asked.asGroup ||= isGroups && asksToEnd(signal);
    if (!isGroups || !isInOurGroup(pid)) child.kill(signal);
  }

  /** A signal that both of us got may reach this thread only after the end of the child. */
  async function noteMissedSignal(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    const heard = await witness.latest();
    if (heard !== undefined && asksToEnd(heard)) asked.toEnd = asked.asGroup = true;
  }

  async function end(): Promise<void> {
    asked.toEnd = true;
    await endDescendants(descendants, () => false);
  }

  async function watch(): Promise<Outcome> {
    const status = await exited;
    const ranForMs = (process.uptime() - startedUptime) * 1000;
    if (!asked.toEnd) await noteMissedSignal();
    await forwarded;
    const left = descendants.known();
    if (asked.toEnd) await endDescendants(descendants, (each) => asked.asGroup && isInOurGroup(each.pid));
    for (const close of [stopListening, descendants.close, witness.close]) close();
    return { status, askedToEnd: asked.toEnd, startedAt, ranForMs, left };
  }
  return { pid, outcome: watch(), end };
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
