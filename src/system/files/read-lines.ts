import { createReadStream, openSync, type ReadStream } from 'node:fs';
import { systemCode } from '../../base/styxy-error.ts';

/** What is longer is no line that anybody wrote; it is handed on in pieces. Bytes. */
const LONGEST_LINE = 1024 * 1024;

/**
 * The lines of these files, one after the other, in batches of some 64 KiB: no file is ever whole in memory, and others
 * have their turn between two batches. All files are opened at once, so that renaming them meanwhile changes nothing.
 * What can't be read has no lines.
 */
export async function* readLines(paths: readonly string[]): AsyncGenerator<string[]> {
  const streams = paths.flatMap(openStream);
  try {
    for (const stream of streams) yield* linesOf(stream);
  } finally {
    for (const stream of streams) stream.destroy();
  }
}

async function* linesOf(stream: ReadStream): AsyncGenerator<string[]> {
  let rest = '';
  try {
    for await (const chunk of stream.setEncoding('utf8') as AsyncIterable<string>) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > LONGEST_LINE) {
        lines.push(rest);
        rest = '';
      }
      yield lines;
    }
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
  }
  if (rest !== '') yield [rest];
}

function openStream(path: string): ReadStream[] {
  try {
    return [createReadStream(path, { fd: openSync(path, 'r') })];
  } catch {
    return [];
  }
}
