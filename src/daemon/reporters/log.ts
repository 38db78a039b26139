import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import pino from 'pino';
import type { Logger, LogLevel } from '../../base/log.ts';

const LARGEST_LOG = 1024 * 1024;
const OLD_LOGS_KEPT = 2;
const LEVELS: readonly string[] = ['debug', 'info', 'warn', 'error'] satisfies LogLevel[];

/** The daemon's log: JSON lines in a file that is renamed away when it grows past 1 MiB. Never the reason of a failure. */
export function createFileLogger(path: string, level: string | undefined): Logger {
  let size = sizeOf(path);
  const write = (line: string): void => {
    try {
      if (size + line.length > LARGEST_LOG) size = rotate(path);
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      appendFileSync(path, line, { mode: 0o600 });
      size += line.length;
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

function rotate(path: string): number {
  for (let index = OLD_LOGS_KEPT; index > 0; index--) {
    const from = index === 1 ? path : `${path}.${index - 1}`;
    if (sizeOf(from) > 0) renameSync(from, `${path}.${index}`);
  }
  return 0;
}

function sizeOf(path: string): number {
  try {
    return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  } catch {
    return 0;
  }
}
