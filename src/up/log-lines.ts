import { type FSWatcher, watch } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { readLog, sizeOfLog } from '../system/service-log.ts';

/** Where a file can't be watched, and for what a watch has missed. ms */
const READ_EVERY_MS = 200;
/** What has no end by then is told in parts: a program may print no line end at all. Characters */
const LONGEST_LINE = 64 * 1024;

/** What is added to a log, until it is closed. */
export interface FollowedLog {
  /** Reads what is there. */
  read(): void;
  close(): void;
}

/** The lines that are added to a log. */
export interface LogLines extends FollowedLog {
  /** Reads what is there; `isEnd`: a last line without an end counts as one, too. */
  read(isEnd?: boolean): void;
  /** What has been read of a line that has no end yet. */
  begun(): string;
}

/** @param from the size of the file behind which lines are wanted */
export function followLog(file: string, from: number, onLine: (line: string) => void): LogLines {
  const decoder = new StringDecoder('utf8');
  let begun = '';
  const log = followBytes(file, from, (bytes) => {
    const lines = (begun + decoder.write(bytes)).split('\n');
    begun = lines.pop()!;
    lines.forEach(onLine);
    for (; begun.length > LONGEST_LINE; begun = begun.slice(LONGEST_LINE))
      onLine(begun.slice(0, LONGEST_LINE));
  });
  return {
    close: log.close,
    begun: () => begun,
    read(isEnd = false) {
      log.read();
      if (!isEnd || begun === '') return;
      onLine(begun);
      begun = '';
    },
  };
}

/** @param from the size of the file behind which bytes are wanted */
export function followBytes(file: string, from: number, onBytes: (bytes: Buffer) => void): FollowedLog {
  let position = from;

  function take(source: string, to: number): void {
    const bytes = readLog(source, position, to);
    position += bytes.length;
    if (bytes.length > 0) onBytes(bytes);
  }

  function read(): void {
    const size = sizeOfLog(file);
    if (size < position) {
      // It was begun anew, and what it had is in the older part.
      const older = `${file}.1`;
      take(older, sizeOfLog(older));
      position = 0;
    }
    if (size > position) take(file, size);
  }

  const timer = setInterval(read, READ_EVERY_MS);
  const watcher = watchFile(file, read);
  return {
    read,
    close() {
      clearInterval(timer);
      watcher?.close();
    },
  };
}

function watchFile(file: string, onChange: () => void): FSWatcher | undefined {
  try {
    return watch(file, { persistent: false }, onChange).on('error', () => undefined);
  } catch {
    // No more watches are to be had.
    return undefined;
  }
}
