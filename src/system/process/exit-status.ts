import { constants } from 'node:os';

/** How a child ended: by a code, or by a signal. */
export interface ExitStatus {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** Signals whose default action leaves a core dump (signal(7)). The child left one already. */
const DUMPING = new Set<NodeJS.Signals>([
  ...(['SIGQUIT', 'SIGILL', 'SIGTRAP', 'SIGABRT', 'SIGBUS'] as const),
  ...(['SIGFPE', 'SIGSEGV', 'SIGXCPU', 'SIGXFSZ', 'SIGSYS'] as const),
]);

/** Milliseconds to wait for our own death: process 1 of a container survives its own signals. */
const DEATH_MS = 200;

/**
 * Ends this process as the child ended, so that the program that started us sees no difference: a shell stops its loop at
 * Ctrl-C only when the command died of the signal, not when it exited with 130.
 */
export function dieLike({ code, signal }: ExitStatus): never {
  if (signal === null) process.exit(code ?? 1);
  const status = 128 + constants.signals[signal];
  if (DUMPING.has(signal)) process.exit(status);
  restoreDefault(signal);
  process.kill(process.pid, signal);
  // The thread stops here, so that none of our own code runs between the signal and the end.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, DEATH_MS);
  process.exit(status);
}

/**
 * Taking the last listener away gives a signal its default action back. Where there was none, one is put first: for
 * some signals (PIPE, USR1) Node has an action of its own.
 */
function restoreDefault(signal: NodeJS.Signals): void {
  if (signal === 'SIGKILL' || signal === 'SIGSTOP') return;
  process.on(signal, () => {});
  process.removeAllListeners(signal);
}
