import { LOG_LEVELS, type Logger, type LogLevel } from '../../base/log.ts';
import { openRotatingFile } from '../../system/files/rotating-file.ts';

const LARGEST_LOG = 1024 * 1024;
const OLD_LOGS_KEPT = 2;

/** The daemon's log: JSON lines in a file that is renamed away when it grows past 1 MiB. Never the reason of a failure. */
export function createFileLogger(path: string, level: string | undefined): Logger {
  const file = openRotatingFile(path, { largest: LARGEST_LOG, kept: OLD_LOGS_KEPT });
  const lowest = LOG_LEVELS.find((name) => name === level) ?? 'info';
  const at =
    (name: LogLevel): Logger[LogLevel] =>
    (event, facts = {}) => {
      if (LOG_LEVELS.indexOf(name) < LOG_LEVELS.indexOf(lowest)) return;
      const entry = { level: name, time: new Date().toISOString(), pid: process.pid, ...facts, msg: event };
      try {
        file.append(`${JSON.stringify(entry)}\n`);
      } catch {
        // A full disk must not stop the daemon from answering.
      }
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
