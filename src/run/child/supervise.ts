import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { END_GRACE_MS } from '../../settings/defaults.ts';
import type { ExitStatus } from '../../system/process/exit-status.ts';
import type { ProcessIdentity } from '../../system/process/identity.ts';
import { momentNow } from '../../system/process/moment.ts';
import { isInForeground } from '../../system/process/group.ts';
import { pendingSignal } from '../../system/process/signal-masks.ts';
import { createDescendants } from './descendants.ts';
import { endOrphans } from './end-descendants.ts';
import { createEnding } from './ending.ts';
import { createGroupWitness } from './group-witness.ts';
import { keepHangupIgnored } from './hangup.ts';
import {
  asksToEnd,
  ENDING,
  isIgnoredBy,
  isInOurGroup,
  isTerminalKey,
  onForwardedSignals,
  reachedGroup,
  signalsTaken,
} from './signals.ts';
import { asCommandError } from '../../system/process/start-errors.ts';

/** Where and with which variables a command runs. */
export interface Place {
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** The leases whose markers the command's programs carry. */
  lockIds?: readonly string[];
  /** How long what is asked to end may take; asked only then. */
  graceMs?: () => Promise<number>;
  /** Whether what a command that has ended by itself leaves behind in our process group ends with it. */
  endsOrphans?: (status: ExitStatus) => boolean;
  /** Told when there is such a thing. */
  onOrphans?: (status: ExitStatus) => void;
  /** Told what still runs when the end of the command takes long. */
  onSlow?: (left: readonly ProcessIdentity[]) => void;
}

/**
 * A signal to the group may be older than the command, which then knows nothing of it: handled within this time after its
 * start it is handed on in any case. A program that is so young takes no notice of a second one. ms
 */
const NEW_MS = 50;

const defaultGrace = async (): Promise<number> => END_GRACE_MS;

export interface Outcome {
  status: ExitStatus;
  /** The person or a service manager asked it to end: its end is no failure of its own. */
  askedToEnd: boolean;
  /** A signal asked for it, whatever `end()` was called for. */
  endedBySignal: boolean;
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
 * exactly once. When it is asked to end, it gets its grace, and what it started ends too; when it ends by itself, what it
 * left running is left alone.
 * @throws StyxyError COMMAND_NOT_FOUND, COMMAND_NOT_EXECUTABLE
 */
export async function supervise(command: readonly string[], place: Place): Promise<Supervised> {
  const startedAt = Date.now();
  const startedUptime = process.uptime();
  // Before the start, so that no signal falls between the two.
  const stopListening = onForwardedSignals(receive);
  const failed = (error: unknown): unknown => {
    stopListening();
    return asCommandError(error, command);
  };
  let child: ChildProcess;
  try {
    child = start(command, place);
  } catch (error) {
    throw failed(error);
  }
  const exited = exitOf(child);
  if (child.pid === undefined) throw await exited.then(() => undefined, failed);
  const { pid } = child;
  const descendants = createDescendants(pid, place.lockIds);
  const witness = createGroupWitness();
  const ending = createEnding({ pid, descendants, graceMs: defaultGrace, ...place });
  let forwarded: Promise<unknown> = Promise.resolve();
  const isStillNew = newnessFromNow();

  function receive(signal: NodeJS.Signals): void {
    const isEnding = asksToEnd(signal) && !isIgnoredBy(pid, signal);
    if (isEnding) {
      descendants.note();
      ending.askedAgain();
    }
    // Where the system doesn't tell what the group got: better twice than never.
    const sent = forward(signal, isEnding, momentNow()).catch(() => {
      child.kill(signal);
      if (isEnding) begin();
    });
    forwarded = Promise.all([forwarded, sent]);
  }

  /** What fails is tried again when the command has ended. */
  const begin = (): void => void ending.begin('signal').catch(() => undefined);

  async function forward(signal: NodeJS.Signals, isEnding: boolean, at: number): Promise<void> {
    const isNew = isStillNew();
    const isGroups = !isNew && (await reachedGroup(signal, witness));
    const isSent = !isGroups || !isInOurGroup(pid);
    if (isEnding && isGroups) ending.reached(signal, 'group', at);
    if (isEnding && isSent) ending.reached(signal, 'child', at);
    if (isSent) child.kill(signal);
    // At a key of the terminal the command decides by itself: for a prompt or an editor it is no end.
    if (isEnding && !((isGroups || isNew) && isTerminalKey(signal))) begin();
  }

  /**
   * A signal that both of us got may reach this thread only after the end of the child: the kernel gives it to any
   * thread of ours. One that did not run yet shows nothing of it: then what the child has died of tells.
   */
  async function noteMissedSignal(diedOf: NodeJS.Signals | null): Promise<void> {
    for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
    if (isInForeground()) await signalsTaken();
    const known = pendingSignal(ENDING) ?? (await witness.latest());
    const isGroups = !known && diedOf !== null && (await reachedGroup(diedOf, witness));
    const missed = isGroups ? diedOf : known;
    const isMissed = missed !== undefined && asksToEnd(missed) && !ending.isAskedFor;
    if (isMissed) ending.reached(missed, 'group', momentNow());
  }

  async function watch(): Promise<Outcome> {
    const status = await exited;
    ending.commandEnded();
    const ranForMs = (process.uptime() - startedUptime) * 1000;
    // What the system does not tell costs nobody the exit status.
    if (!ending.isAskedFor) await noteMissedSignal(status.signal).catch(() => undefined);
    await forwarded;
    const left = descendants.known();
    const askedToEnd = ending.isAskedFor;
    // Who sends it to the command alone means what the command has started as well.
    if (askedToEnd || (status.signal !== null && asksToEnd(status.signal))) await ending.begin();
    else if (place.endsOrphans?.(status)) await endLeft(status).catch(() => undefined);
    for (const close of [stopListening, descendants.close]) close();
    await witness.close();
    return { status, askedToEnd, endedBySignal: ending.isBySignal, startedAt, ranForMs, left };
  }

  async function endLeft(status: ExitStatus): Promise<void> {
    const { graceMs = defaultGrace, onOrphans } = place;
    let isTold = false;
    await endOrphans(descendants, await graceMs(), () => {
      if (!isTold) onOrphans?.(status);
      isTold = true;
    });
  }
  return { pid, outcome: watch(), end: ending.begin };
}

function start(command: readonly string[], { cwd, env }: Place): ChildProcess {
  const [file = '', ...args] = keepHangupIgnored(command, env);
  return spawn(file, args, { stdio: 'inherit', cwd: enterable(cwd), env });
}

/**
 * The clock of `process`: the first `performance.now()` of a process loads a twentieth of what a whole run executes.
 * @returns whether a command that starts now is still new; a timer would tell it late on a busy machine
 */
function newnessFromNow(): () => boolean {
  const startedAt = process.uptime();
  let isFirstTurn = true;
  // What was sent before the start is handled in this turn of the event loop, however long that takes.
  setImmediate(() => setImmediate(() => (isFirstTurn = false)));
  return () => isFirstTurn || (process.uptime() - startedAt) * 1000 < NEW_MS;
}

/** A folder that was removed under us can't be entered again: the child stays in it as we do. */
export const enterable = (folder: string): string | undefined => (existsSync(folder) ? folder : undefined);

/** @throws the system's error when the child could not be started */
function exitOf(child: ChildProcess): Promise<ExitStatus> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    // Later ones tell of a signal that it may not be sent: it has another user by now (sudo), and runs.
    child.on('error', (error) => child.pid === undefined && reject(error));
  });
}
