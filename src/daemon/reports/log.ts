import pino from 'pino';
import { openRotatingFile } from '../../system/files/rotating-file.ts';
import { LOG_LEVELS, type Logger, type LogLevel } from '../../base/log.ts';

const LARGEST_LOG = 1024 * 1024;
const OLD_LOGS_KEPT = 2;
const LEVELS: readonly string[] = LOG_LEVELS;

/** The daemon's log: JSON lines in a file that is renamed away when it grows past 1 MiB. Never the reason of a failure. */
export function createFileLogger(path: string, level: string | undefined): Logger {
  const file = openRotatingFile(path, { largest: LARGEST_LOG, kept: OLD_LOGS_KEPT });
  const write = (line: string): void => {
    try {
      file.append(line);
    } catch {
      // A full disk must not stop the daemon from answering.
    }
  };
  const log = pino(
    {
      level: level !== undefined && LEVELS.includes(level) ? level : 'info',
      timestamp: pino.stdTimeFunctions.isoTime,
      base: { pid: process.pid },
      formatters: { level: (label) => ({ level: label }) },
    },
    { write },
  );
  const at =
    (name: LogLevel): Logger[LogLevel] =>
    (event, facts = {}) =>
      log[name](facts, event);
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
