import { basename } from 'node:path';
import { isatty } from 'node:tty';
import { ignoresSignal } from '../../system/process/signal-masks.ts';

/**
 * Node gives each signal its default action back before any of our code runs, and once more in what it starts: what
 * `nohup` has asked for would be lost. So the command is started by `nohup` as well when we were: the shell says so by
 * the variable `_`, or our parent ignores the hangup itself (a script below `nohup`).
 */
export function keepHangupIgnored(command: readonly string[], env: NodeJS.ProcessEnv): readonly string[] {
  const isStartedByNohup = basename(env['_'] ?? '') === 'nohup' || ignoresSignal(process.ppid, 'SIGHUP');
  // It would lead a terminal's output into a file.
  return isStartedByNohup && ![0, 1, 2].some((fd) => isatty(fd)) ? ['nohup', ...command] : command;
}
