import { readdirSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { readTextOrNothing } from '../files/read-text.ts';

/**
 * Whether a process that handles no signals was sent one that it has not died of yet, or has died and was not collected.
 * Undefined where the system doesn't tell (only Linux does), and when the process is gone.
 */
export function isDying(pid: number): boolean | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    return parseDying(readFileSync(`/proc/${pid}/status`, 'latin1'));
  } catch {
    return undefined;
  }
}

/** Stopped processes are woken by SIGCONT, which they don't die of. */
const HARMLESS =
  maskOf('SIGCONT') | maskOf('SIGSTOP') | maskOf('SIGTSTP') | maskOf('SIGTTIN') | maskOf('SIGTTOU');

/** From the text of a /proc/PID/status: signals wait for a thread (SigPnd) or for the process (ShdPnd). */
export function parseDying(status: string): boolean | undefined {
  if (/^State:\s+[ZXx]/m.test(status)) return true;
  const pending = [...status.matchAll(/^S(?:ig|hd)Pnd:\s+([0-9a-f]+)$/gm)].map(([, hex]) =>
    BigInt(`0x${hex}`),
  );
  return pending.length === 2 ? pending.some((mask) => (mask & ~HARMLESS) !== 0n) : undefined;
}

function maskOf(signal: NodeJS.Signals): bigint {
  return 1n << BigInt((constants.signals[signal] ?? 1) - 1);
}

/** Of these signals, one that this process was sent and that none of its threads has taken yet (Linux). */
export function pendingSignal(signals: readonly NodeJS.Signals[]): NodeJS.Signals | undefined {
  if (process.platform !== 'linux') return undefined;
  const status = readFileSync('/proc/self/status', 'latin1');
  return signals.find((signal) => hasSignal(status, 'ShdPnd', signal));
}

/**
 * A thread of this process has taken a signal and did not get on yet: our handler of it runs later. While libuv handles
 * a signal, all others are blocked in that thread; Node has one that blocks them for ever, and sleeps.
 */
export function isTakingSignal(): boolean {
  if (process.platform !== 'linux') return false;
  return readdirSync('/proc/self/task').some((thread) => {
    const status = readTextOrNothing(`/proc/self/task/${thread}/status`) ?? '';
    return /^State:\s+R/m.test(status) && BLOCKED.every((signal) => hasSignal(status, 'SigBlk', signal));
  });
}

const BLOCKED: readonly NodeJS.Signals[] = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM'];

/** Whether a process ignores a signal (SIG_IGN), as what `nohup` starts does; false where the system doesn't tell. */
export function ignoresSignal(pid: number, signal: NodeJS.Signals): boolean {
  if (process.platform !== 'linux') return false;
  try {
    return hasSignal(readFileSync(`/proc/${pid}/status`, 'latin1'), 'SigIgn', signal);
  } catch {
    return false;
  }
}

/** From the text of a /proc/PID/status. */
function hasSignal(status: string, mask: 'SigIgn' | 'ShdPnd' | 'SigBlk', signal: NodeJS.Signals): boolean {
  const hex = new RegExp(`^${mask}:\\s+([0-9a-f]+)$`, 'm').exec(status)?.[1];
  return hex !== undefined && (BigInt(`0x${hex}`) & maskOf(signal)) !== 0n;
}
