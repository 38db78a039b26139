import { fstatSync } from 'node:fs';
import { isatty } from 'node:tty';
import { styleText } from 'node:util';
import { visibleJson } from '../../base/plain-text.ts';
import type { TellWait } from '../../base/tell-wait.ts';
import { cleanLine, cleanLines } from './clean.ts';
import { createWaits } from './progress/waits.ts';
import { isOfDisk, writeAll } from './write-all.ts';

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'blue' | 'magenta' | 'cyan';

/**
 * Data goes to stdout; notes, progress and errors to stderr, so that a pipe gets data only. This is the one place where
 * text for people is made clean: names, paths and commands are what anybody wrote.
 */
export interface Output {
  /** Lines whose parts are one line each: a table. */
  data(text: string): void;
  /** One line, whatever stands in it. */
  line(text: string): void;
  /** For programs to read: written as it is. */
  exact(text: string): void;
  json(value: unknown): void;
  /** One line. */
  note(text: string): void;
  /** Text for stdout in a colour, if people read it there. */
  paint(style: Style, text: string): string;
  /** The same for stderr. */
  paintNote(style: Style, text: string): string;
  readonly notesAreRead: boolean;
  /** They go to a file. */
  readonly notesAreLogged: boolean;
  /** Why data got lost on its way to stdout: a full disk. That nobody reads any more is none. */
  readonly failure: NodeJS.ErrnoException | undefined;
  readonly dataIsRead: boolean;
  /** A terminal shows it, and for how long, when it takes longer than half a second; nothing else does. */
  readonly waitingFor: TellWait;
  /** The terminal belongs to a program or to a screen from now on: what is waited for is shown no more. */
  handOver(): void;
  /** Of the window that shows stdout, in characters; undefined when it is no terminal. */
  readonly width: number | undefined;
}

/**
 * Writes straight to the descriptors: touching process.stdout would put a terminal that a child is about to use into
 * another mode, and make writes to pipes asynchronous.
 */
export function createOutput(env: NodeJS.ProcessEnv): Output {
  const painter =
    (fd: number) =>
    (style: Style, text: string): string => {
      // Node's own check of the stream would touch process.stdout.
      return wantsColour(env, fd) ? styleText(style, text, { validateStream: false }) : text;
    };
  let failure: NodeJS.ErrnoException | undefined;
  const notesAreRead = isatty(2);
  const { begin, makeRoom, handOver } = createWaits(env, notesAreRead);
  const exact = (text: string): void => {
    makeRoom();
    const error = writeAll(1, `${text}\n`);
    if (error && isOfDisk(error)) failure ??= error;
  };
  return {
    ...cleanWriter(exact, () => wantsColour(env, 1)),
    exact,
    json: (value) => exact(jsonText(value, isatty(1) ? 2 : undefined)),
    note(text) {
      makeRoom();
      writeAll(2, `${cleanLine(text, wantsColour(env, 2))}\n`);
    },
    waitingFor: begin,
    handOver,
    get failure() {
      return failure;
    },
    paint: painter(1),
    paintNote: painter(2),
    notesAreRead,
    get notesAreLogged() {
      return isFile(2);
    },
    dataIsRead: isatty(1),
    get width() {
      // Asked for only by commands that start no child in this terminal.
      return isatty(1) ? process.stdout.columns || undefined : undefined;
    },
  };
}

/** JSON with the true text, in which nothing is left that a terminal would obey. */
export function jsonText(value: unknown, indent?: number): string {
  return visibleJson(JSON.stringify(value, null, indent));
}

/** What is printed for people, by whatever writes a text and a line break. */
export function cleanWriter(
  write: (text: string) => void,
  isPainted: () => boolean,
): Pick<Output, 'data' | 'line'> {
  return {
    data: (text) => write(cleanLines(text, isPainted())),
    line: (text) => write(cleanLine(text, isPainted())),
  };
}

function isFile(fd: number): boolean {
  try {
    return fstatSync(fd).isFile();
  } catch {
    return false;
  }
}

function wantsColour(env: NodeJS.ProcessEnv, fd: number): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false';
  return isatty(fd) && env.TERM !== 'dumb';
}
