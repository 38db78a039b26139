import { spawn, type ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { isDying } from '../../system/process/signal-masks.ts';

/** Most commands that end at once need no witness. ms */
const START_AFTER_MS = 150;

/** Our own copy of a signal may be handled after the end of the witness, and that after this time on a busy machine. ms */
const FRESH_MS = 1000;

/**
 * Reads from us until our end, and dies of each signal that it gets. A quit (Ctrl-\) it ignores: its core dump would lie
 * beside the program's.
 */
const WITNESS = ['/bin/sh', '-c', "trap '' QUIT; exec cat"] as const;

/** What it dies of, and we don't. */
const HEARD: ReadonlySet<NodeJS.Signals | null> = new Set([
  'SIGINT',
  'SIGTERM',
  'SIGHUP',
  'SIGUSR1',
  'SIGUSR2',
  'SIGALRM',
] as const);

interface Witness {
  child: ChildProcess;
  pid: number;
  cause: Promise<NodeJS.Signals | null>;
  /** It gets every signal to the group that we have not handled yet. */
  isTold: boolean;
}

/** Tells a signal to our whole process group (Ctrl-C, `kill -- -PGID`) from one to this process alone. */
export interface GroupWitness {
  /** Whether a signal that we just got went to the whole group; undefined when that can't be told. */
  heard(signal: NodeJS.Signals): Promise<boolean | undefined>;
  /** The signal that the group just got and we have not asked about. */
  latest(): Promise<NodeJS.Signals | undefined>;
  close(): Promise<void>;
}

/**
 * A second process of our group, which gets what the group gets. The kernel signals the members of a group from the
 * youngest to the oldest, so the witness has a signal before we do: no time has to pass until the answer is known.
 * Linux only: elsewhere nothing tells what a process was sent.
 */
export function createGroupWitness(): GroupWitness {
  let witness: Witness | undefined;
  let last: { signal: NodeJS.Signals; at: number } | undefined;
  let isClosed = false;

  function start(): void {
    const [file, ...args] = WITNESS;
    const env = { PATH: process.env.PATH };
    const child = spawn(file, args, { stdio: ['pipe', 'ignore', 'ignore'], cwd: '/', env });
    const cause = new Promise<NodeJS.Signals | null>((resolve) => {
      child.once('error', () => resolve(null));
      child.once('exit', (_, signal) => resolve(signal));
    });
    child.stdin.on('error', () => undefined);
    child.unref();
    (child.stdin as Socket).unref();
    if (child.pid === undefined || isDying(child.pid) === undefined) return void child.stdin.destroy();
    const started: Witness = { child, pid: child.pid, cause, isTold: false };
    witness = started;
    // A signal from before its start is handled in this turn of the event loop.
    setImmediate(() => setImmediate(() => (started.isTold = true)));
    void cause.then((signal) => {
      witness = undefined;
      if (signal === null || !HEARD.has(signal)) return;
      last = { signal, at: performance.now() };
      // The next signal is to be heard as well.
      if (!isClosed) start();
    });
  }

  async function latest(): Promise<NodeJS.Signals | undefined> {
    if (witness && isDying(witness.pid)) {
      // Its end is waited for now.
      witness.child.ref();
      await witness.cause;
    }
    return last && performance.now() - last.at < FRESH_MS ? last.signal : undefined;
  }

  const timer = process.platform === 'linux' ? setTimeout(start, START_AFTER_MS).unref() : undefined;
  return {
    latest,
    async heard(signal) {
      if (!HEARD.has(signal)) return undefined;
      const cause = await latest();
      if (cause === signal) last = undefined;
      // Dying of one signal, it takes no notice of the next.
      if (cause === undefined) return witness?.isTold ? false : undefined;
      return cause === signal || undefined;
    },
    /** Waits for its end: one that is left to PID 1 is a member of our group until that has reaped it. */
    async close() {
      isClosed = true;
      clearTimeout(timer);
      if (!witness) return;
      const { child, cause } = witness;
      child.ref();
      child.kill('SIGKILL');
      await cause;
    },
  };
}
