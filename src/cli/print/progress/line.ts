import { closeSync, openSync } from 'node:fs';
import { isatty, WriteStream } from 'node:tty';
import { styleText } from 'node:util';
import { visibleText } from '../../../base/plain-text.ts';
import { dieLike } from '../../../system/process/exit-status.ts';
import { isInForeground } from '../../../system/process/group.ts';
import { startOf, widthOf } from '../text-width.ts';
import { writeAll } from '../write-all.ts';

const CLEAR_LINE = '\r\u001b[K';
const PREFIX = 'styxy:';
const DEFAULT_COLUMNS = 80;
/** Their default is the end of this process, and the line would stay. */
const ENDING = ['SIGINT', 'SIGTERM'] as const;

export interface Wait {
  readonly what: () => string;
  /** In seconds of process.uptime(). */
  readonly since: () => number;
}

/** One line at the terminal of stderr. */
export interface ProgressLine {
  show(wait: Wait): void;
  clear(): void;
}

export function createProgressLine(env: NodeJS.ProcessEnv): ProgressLine {
  return canDrawOver(env) ? lineInPlace() : lineOnce();
}

/** Whose input is no terminal may have been put into the background by a script, beside a program that prints. */
function canDrawOver({ NO_COLOR, TERM }: NodeJS.ProcessEnv): boolean {
  return !NO_COLOR && TERM !== 'dumb' && isatty(0);
}

/** Each wait is told once. */
function lineOnce(): ProgressLine {
  const told = new WeakSet<Wait>();
  return {
    show(wait) {
      if (told.has(wait) || !isInForeground()) return;
      told.add(wait);
      writeAll(2, `${PREFIX} ${textOf(wait)}\n`);
    },
    clear: () => undefined,
  };
}

/** Drawn over whenever it changes, and taken away before anything else is written. */
function lineInPlace(): ProgressLine {
  let shown = '';

  function clear(): void {
    if (shown === '') return;
    shown = '';
    for (const signal of ENDING) process.off(signal, leave);
    process.off('exit', clear);
    if (isInForeground()) writeAll(2, CLEAR_LINE);
  }

  /** Who else listens for the signal decides what becomes of us. */
  function leave(signal: NodeJS.Signals): void {
    clear();
    if (process.listenerCount(signal) === 0) dieLike({ code: null, signal });
  }

  return {
    show(wait) {
      const text = fit(textOf(wait), elapsed(wait), columnsOfTerminal());
      // From the background even a line may stop us (stty tostop).
      if (text === shown || !isInForeground()) return;
      if (shown === '') {
        for (const signal of ENDING) process.on(signal, leave);
        process.on('exit', clear);
      }
      shown = text;
      writeAll(2, CLEAR_LINE + text);
    },
    clear,
  };
}

const textOf = ({ what }: Wait): string => `waiting for ${visibleText(what())}`;

function elapsed({ since }: Wait): string {
  const seconds = Math.floor(process.uptime() - since());
  return seconds < 1 ? '' : ` ... ${seconds} s`;
}

/** In one row, and not up to its end, where terminals begin the next one. */
function fit(text: string, time: string, columns: number): string {
  const room = Math.max(0, columns - 1 - PREFIX.length - 1 - time.length);
  const words = widthOf(text) <= room ? text : `${startOf(text, Math.max(0, room - 1))}…`;
  const all = `${words}${time}`;
  return columns > PREFIX.length + time.length + 2
    ? `${styleText('dim', PREFIX, { validateStream: false })} ${all}`
    : startOf(all, columns - 1);
}

/** By a descriptor of its own: process.stderr would put the terminal that a child is about to use into another mode. */
function columnsOfTerminal(): number {
  if (process.platform === 'win32') return process.stderr.columns || DEFAULT_COLUMNS;
  let fd: number | undefined;
  try {
    fd = openSync('/dev/tty', 'r+');
    const terminal = new WriteStream(fd);
    fd = undefined;
    const { columns } = terminal;
    terminal.destroy();
    return columns || DEFAULT_COLUMNS;
  } catch {
    if (fd !== undefined) closeSync(fd);
    return DEFAULT_COLUMNS;
  }
}
